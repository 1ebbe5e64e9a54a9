package api_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/aws/smithy-go"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/api"
	"timbre/api/rest"
)

func sum(body string) string {
	s := sha256.Sum256([]byte(body))
	return hex.EncodeToString(s[:])
}

// TestUnsupportedOperationsSayWhy calls the refused and unsupported operations by reflection, with a value in every field that
// the SDK requires.
func TestUnsupportedOperationsSayWhy(t *testing.T) {
	s := serve(t)
	clients := map[*rest.Service]any{rest.Voice: s.voice, rest.Pipelines: s.pipelines}
	list := api.Coverage()
	for _, c := range list {
		op, want := c.Operation, c.Why
		switch c.State {
		case rest.Effect, rest.Stored:
			continue
		case rest.NotServed:
			want = "This version of Timbre does not support the operation " + op.Name + "."
		}
		call := reflect.ValueOf(clients[c.Service]).MethodByName(op.Name)
		in := reflect.New(call.Type().In(1).Elem())
		fill(in.Elem(), 0)
		out := call.Call([]reflect.Value{reflect.ValueOf(s.ctx), in})
		err, _ := out[1].Interface().(error)
		var e smithy.APIError
		if !errors.As(err, &e) {
			t.Errorf("%s: got error %v, want an API error", op.Name, err)
			continue
		}
		if !op.Declares(e.ErrorCode()) || e.ErrorMessage() != want {
			t.Errorf("%s: got %s %s", op.Name, e.ErrorCode(), e.ErrorMessage())
		}
	}
	equal(t, "operations", len(list), 127)
}

// fill sets every field of a structure.
func fill(v reflect.Value, depth int) {
	for i := range v.NumField() {
		f := v.Field(i)
		if !f.CanSet() {
			continue
		}
		if f.Kind() == reflect.Pointer {
			f.Set(reflect.New(f.Type().Elem()))
			f = f.Elem()
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString("a/b:c")
		case reflect.Struct:
			if depth < 8 {
				fill(f, depth+1)
			}
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			if e := f.Index(0); e.Kind() == reflect.Struct && depth < 8 {
				fill(e, depth+1)
			}
		case reflect.Map:
			f.Set(reflect.MakeMap(f.Type()))
		}
	}
}

func TestEveryResponseHasARequestID(t *testing.T) {
	s := serve(t)
	for _, target := range []string{"/voice-connectors", "/nowhere", "/voice-connectors/abcdefghijklmnopqrstu", "/settings"} {
		if _, err := uuid.Parse(s.do(t, "GET", target, "").Header.Get("x-amzn-RequestId")); err != nil {
			t.Errorf("%s: got error %v", target, err)
		}
	}
	unsigned := httptest.NewRecorder()
	s.handlerFresh().ServeHTTP(unsigned, httptest.NewRequest(http.MethodGet, "/voice-connectors", nil))
	if _, err := uuid.Parse(unsigned.Header().Get("x-amzn-RequestId")); err != nil {
		t.Error(err)
	}
}

// handlerFresh returns a second handler over the same fake, with its own metrics.
func (s *server) handlerFresh() http.Handler {
	other := *s
	other.metrics = prometheus.NewRegistry()
	return other.handler()
}

func TestErrorsHaveTypeCodeAndMessage(t *testing.T) {
	s := serve(t)
	for _, c := range []struct {
		method, target, body string
		status               int
		kind, code           string
	}{
		{"GET", "/voice-connectors/abcdefghijklmnopqrstu", "", 404, "NotFoundException", "NotFound"},
		{"GET", "/voice-connectors/short", "", 400, "BadRequestException", "BadRequest"},
		{"GET", "/phone-number-orders", "", 400, "BadRequestException", "BadRequest"},
		{"GET", "/nowhere", "", 404, "UnknownOperationException", "UnknownOperation"},
		{"PATCH", "/voice-connectors", "", 404, "UnknownOperationException", "UnknownOperation"},
		{"POST", "/tags", "", 404, "UnknownOperationException", "UnknownOperation"},
		{"POST", "/voice-connectors", `{"Name":`, 400, "BadRequestException", "BadRequest"},
		{"GET", "/media-insights-pipeline-configurations/none", "", 404, "NotFoundException", "NotFound"},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			answer := s.do(t, c.method, c.target, c.body)
			var body struct{ Code, Message, RequestId string }
			if err := stdjson.Unmarshal([]byte(answer.Body), &body); err != nil {
				t.Fatal(err)
			}
			equal(t, "status", answer.Status, c.status)
			equal(t, "type", answer.Header.Get("x-amzn-ErrorType"), c.kind)
			equal(t, "code", body.Code, c.code)
			equal(t, "content type", answer.Header.Get("Content-Type"), "application/json")
			equal(t, "request id in the body", body.RequestId != "", strings.HasPrefix(c.target, "/media"))
			equal(t, "message is present", body.Message != "", true)
		})
	}
}

func TestErrorKindsMapToExceptions(t *testing.T) {
	s := serve(t)
	vc, domain := "abcdefghijklmnopqrstu", "d"
	start := func(kind timbre.Kind) error {
		s.fail = timbre.Errorf(kind, "task.Start", "because of %d", kind)
		_, err := s.voice.StartSpeakerSearchTask(s.ctx, &sdk.StartSpeakerSearchTaskInput{VoiceConnectorId: &vc, TransactionId: new("tx"), VoiceProfileDomainId: &domain})
		return err
	}
	fails[*types.BadRequestException](t, start(timbre.Invalid), "Because of ")
	fails[*types.ResourceLimitExceededException](t, start(timbre.Limit), "Because of ")
	fails[*types.UnauthorizedClientException](t, start(timbre.Unauthorized), "Because of ")
	fails[*types.ForbiddenException](t, start(timbre.Forbidden), "Because of ")
	fails[*types.AccessDeniedException](t, start(timbre.AccessDenied), "Because of ")
	fails[*types.NotFoundException](t, start(timbre.NotFound), "Because of ")
	fails[*types.ConflictException](t, start(timbre.Conflict), "Because of ")
	fails[*types.GoneException](t, start(timbre.Gone), "Because of ")
	fails[*types.UnprocessableEntityException](t, start(timbre.Unprocessable), "Because of ")
	fails[*types.ThrottledClientException](t, start(timbre.Throttled), "Because of ")
	fails[*types.ServiceUnavailableException](t, start(timbre.Unavailable), "Because of ")
	fails[*types.ServiceFailureException](t, start(timbre.Internal), "request ID")
	s.fail = context.Canceled
	_, err := s.voice.GetVoiceConnector(s.ctx, &sdk.GetVoiceConnectorInput{VoiceConnectorId: &vc})
	fails[*types.ServiceUnavailableException](t, err, "")
}

func TestUndeclaredExceptionBecomesTheNearestDeclaredOne(t *testing.T) {
	s := serve(t)
	for kind, status := range map[timbre.Kind]int{
		timbre.Conflict: 400, timbre.Gone: 404, timbre.Unprocessable: 400, timbre.AccessDenied: 403, timbre.Limit: 400,
	} {
		s.fail = timbre.Errorf(kind, "", "because")
		answer := s.do(t, "GET", "/voice-connectors/abcdefghijklmnopqrstu", "")
		equal(t, fmt.Sprint(kind), answer.Status, status)
		if !rest.Voice.Operation("GetVoiceConnector").Declares(answer.Header.Get("x-amzn-ErrorType")) {
			t.Errorf("kind %d: got %s", kind, answer.Header.Get("x-amzn-ErrorType"))
		}
	}
}

func TestInternalErrorDetailsAreLoggedOnly(t *testing.T) {
	s := serve(t)
	s.fail = fmt.Errorf("outer: %w", timbre.Errorf(timbre.Internal, "store", "disk /dev/sda1: %w", errors.New("broken")))
	answer := s.do(t, "GET", "/voice-connectors/abcdefghijklmnopqrstu", "")
	equal(t, "status", answer.Status, 500)
	if body := answer.Body; strings.Contains(body, "sda1") || strings.Contains(body, "broken") {
		t.Errorf("got body %s, want no details in it", body)
	}
	if line := s.log.String(); !strings.Contains(line, "sda1") {
		t.Errorf("got log line %s, want the cause in it", line)
	}
}

func TestPanicIsAnsweredWith500AndCounted(t *testing.T) {
	s := serve(t)
	s.panics = true
	answer := s.do(t, "GET", "/voice-connectors/abcdefghijklmnopqrstu", "")
	equal(t, "status", answer.Status, 500)
	equal(t, "type", answer.Header.Get("x-amzn-ErrorType"), "ServiceFailureException")
	if body := answer.Body; strings.Contains(body, "inside") {
		t.Errorf("got body %s, want no details in it", body)
	}
	want := "# HELP timbre_api_panics_total API requests that ended in a panic and were answered with 500.\n# TYPE timbre_api_panics_total counter\ntimbre_api_panics_total 1\n"
	if err := testutil.GatherAndCompare(s.metrics, strings.NewReader(want), "timbre_api_panics_total"); err != nil {
		t.Error(err)
	}
}

func TestAccessLogHasOneLinePerRequestAndNoValues(t *testing.T) {
	s := serve(t)
	s.do(t, "GET", "/phone-numbers/%2B12065550100", "")
	s.do(t, "POST", "/voice-connectors", `{"Name":"+12065550100!","RequireEncryption":true}`)
	lines := strings.Split(strings.TrimSpace(s.log.String()), "\n")
	equal(t, "lines", len(lines), 2)
	for i, said := range []string{
		`"operation":"GetPhoneNumber" "status":404 "error":"NotFoundException"`,
		`"operation":"CreateVoiceConnector" "status":400 "error":"BadRequestException"`,
	} {
		for _, part := range append(strings.Fields(said), `"request":"`, `"key":"AKIDTEST"`, `"took":`) {
			if !strings.Contains(lines[i], part) {
				t.Errorf("got %s, want %s in it", lines[i], part)
			}
		}
	}
	if l := s.log.String(); strings.Contains(l, "2065550100") || strings.Contains(l, secret) {
		t.Error(l)
	}
	if n, err := testutil.GatherAndCount(s.metrics, "timbre_api_requests_total"); err != nil || n != 2 {
		t.Errorf("got %d counters and error %v", n, err)
	}
}

func TestSignatureIsCheckedBeforeTheRoute(t *testing.T) {
	s := serve(t)
	for _, target := range []string{"/nowhere", "/voice-connectors", "/settings"} {
		w := httptest.NewRecorder()
		s.handlerFresh().ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		equal(t, target, w.Code, 403)
		equal(t, target, w.Header().Get("x-amzn-ErrorType"), "MissingAuthenticationToken")
	}
}

func TestClientWithWrongSecretIsRefused(t *testing.T) {
	s := serve(t)
	client := func(id, key string) *sdk.Client {
		return sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: &s.url, RetryMaxAttempts: 1, Credentials: credentials.NewStaticCredentialsProvider(id, key, "")})
	}
	for want, c := range map[string]*sdk.Client{
		"InvalidSignatureException": client("AKIDTEST", "guess"), "InvalidClientTokenId": client("AKIDNONE", secret),
	} {
		_, err := c.ListVoiceConnectors(s.ctx, nil)
		var e smithy.APIError
		if !errors.As(err, &e) || e.ErrorCode() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestClientWithSessionTokenIsAccepted(t *testing.T) {
	s := serve(t)
	c := sdk.New(sdk.Options{Region: "us-east-1", BaseEndpoint: &s.url, Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", secret, "token")})
	must(c.ListVoiceConnectors(s.ctx, nil))(t)
}

func TestPresignedURLIsAccepted(t *testing.T) {
	s := serve(t)
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.url+"/voice-connectors?max-results=5&X-Amz-Expires=60", nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, _, err := v4.NewSigner().PresignHTTP(s.ctx, aws.Credentials{AccessKeyID: "AKIDTEST", SecretAccessKey: secret}, r, sum(""), "chime", "us-east-1", now)
	if err != nil {
		t.Fatal(err)
	}
	if r, err = http.NewRequestWithContext(s.ctx, http.MethodGet, signed, nil); err != nil {
		t.Fatal(err)
	}
	equal(t, "status", send(t, r).Status, http.StatusOK)
}

func TestBodyOverTheLimitIsRefused(t *testing.T) {
	s := serve(t)
	answer := s.do(t, "POST", "/voice-connectors", `{"Name":"`+strings.Repeat("a", 1<<20)+`"}`)
	equal(t, "status", answer.Status, 400)
	equal(t, "type", answer.Header.Get("x-amzn-ErrorType"), "BadRequestException")
	if body := answer.Body; !strings.Contains(body, "body exceeds 1048576 bytes") {
		t.Error(body)
	}
}

// A body of unknown length is not read beyond the limit either.
func TestBodyOfUnknownLengthIsReadUpToTheLimit(t *testing.T) {
	s := serve(t)
	text := `{"Name":"` + strings.Repeat("a", 1<<20) + `"}`
	r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.url+"/voice-connectors", struct{ io.Reader }{strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	signed(t, r, text)
	if answer := send(t, r); answer.Status != 400 || !strings.Contains(answer.Body, "body exceeds 1048576 bytes") {
		t.Errorf("got %d %s, want 400", answer.Status, answer.Body)
	}
}

func TestBodyOfAnotherContentTypeIsRefused(t *testing.T) {
	s := serve(t)
	const body = `{"Name":"a","RequireEncryption":true}`
	for kind, status := range map[string]int{
		"": 201, "application/json": 201, "Application/JSON; charset=utf-8": 201,
		"application/x-www-form-urlencoded": 415, "text/plain": 415, "application/xml": 415, "json": 415, ";": 415, "application/json, text/plain": 415,
	} {
		r, err := http.NewRequestWithContext(s.ctx, http.MethodPost, s.url+"/voice-connectors", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if kind != "" {
			r.Header.Set("Content-Type", kind)
		}
		signed(t, r, body)
		answer := send(t, r)
		equal(t, kind, answer.Status, status)
		if status == 415 {
			equal(t, kind, answer.Header.Get("x-amzn-ErrorType"), "UnsupportedMediaTypeException")
		}
	}
	r, err := http.NewRequestWithContext(s.ctx, http.MethodGet, s.url+"/voice-connectors", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "text/plain")
	signed(t, r, "")
	equal(t, "where there is no body", send(t, r).Status, 200)
}

func TestCausesAreLoggedWithoutPhoneNumbers(t *testing.T) {
	s := serve(t)
	s.fail = errors.New("the call from +12065550100 to sip:%2B13605550199@x is lost")
	s.do(t, "GET", "/voice-connectors/abcdefghijklmnopqrstu", "")
	if line := s.log.String(); !strings.Contains(line, "is lost") || strings.Contains(line, "5550") {
		t.Error(line)
	}
}

func TestDeleteReturns204WithoutBody(t *testing.T) {
	s := serve(t)
	answer := s.do(t, "DELETE", "/voice-connectors/"+s.connector(t), "")
	equal(t, "status", answer.Status, 204)
	equal(t, "body", answer.Body, "")
	equal(t, "content type", answer.Header.Get("Content-Type"), "")
}
