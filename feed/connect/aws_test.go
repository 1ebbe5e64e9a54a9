package connect

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"timbre"
)

// awsStub answers operations of AWS by their path or target, and keeps what it was asked.
type awsStub struct {
	answers map[string]func(w http.ResponseWriter)
	asked   map[string]map[string]any
	signed  map[string]string // Authorization
}

func (s *awsStub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		_, name, _ = strings.Cut(target, ".")
	}
	var m map[string]any
	_ = json.NewDecoder(r.Body).Decode(&m)
	s.asked[name], s.signed[name] = m, r.Header.Get("Authorization")
	s.answers[name](w)
}

// account is one of AWS that a stub serves.
func account(t *testing.T, answers map[string]func(w http.ResponseWriter)) (aws.Config, *awsStub, string) {
	stub := &awsStub{answers, map[string]map[string]any{}, map[string]string{}}
	h := httptest.NewServer(stub)
	t.Cleanup(h.Close)
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &h.URL, Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", ""),
		RetryMaxAttempts: 1,
	}, stub, h.URL
}

func say(text string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) { _, _ = io.WriteString(w, text) }
}

func TestStreamIsOpenedAtItsEndpoint(t *testing.T) {
	for name, c := range map[string]struct {
		from Position
		want map[string]any
	}{
		"from now on":      {Position{}, map[string]any{"StartSelectorType": "NOW"}},
		"after a fragment": {Position{Fragment: "7"}, map[string]any{"StartSelectorType": "FRAGMENT_NUMBER", "AfterFragmentNumber": "7"}},
		"by a token":       {Position{Fragment: "7", Token: "t"}, map[string]any{"StartSelectorType": "CONTINUATION_TOKEN", "ContinuationToken": "t"}},
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[string]func(http.ResponseWriter){"getMedia": say("media")}
			cfg, stub, url := account(t, answers)
			answers["getDataEndpoint"] = say(`{"DataEndpoint":"` + url + `"}`)
			body, err := Streams{cfg}.Open(t.Context(), stream, c.from)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = body.Close() }()
			if text, _ := io.ReadAll(body); string(text) != "media" {
				t.Errorf("got %q, want %q", text, "media")
			}
			if got := stub.asked["getDataEndpoint"]; got["APIName"] != "GET_MEDIA" || got["StreamARN"] != stream {
				t.Errorf("got request %v for the endpoint", got)
			}
			if got := stub.asked["getMedia"]; !reflect.DeepEqual(got["StartSelector"], any(c.want)) || got["StreamARN"] != stream {
				t.Errorf("got request %v, want %v", got, c.want)
			}
			for _, s := range stub.signed {
				if !strings.Contains(s, "/eu-west-2/kinesisvideo/") {
					t.Errorf("got signature %q, want one for the region of the stream", s)
				}
			}
		})
	}
}

// refusing answers with an error of AWS.
func refusing(kind string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("x-amzn-ErrorType", kind)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"message":"no"}`)
	}
}

func TestErrorsOfAWSAreForNowOrForGood(t *testing.T) {
	for kind, want := range map[string]timbre.Kind{
		"ResourceNotFoundException": timbre.NotFound, "NotAuthorizedException": timbre.Invalid, "AccessDeniedException": timbre.Invalid,
		"ClientLimitExceededException": timbre.Unavailable, "ConnectionLimitExceededException": timbre.Unavailable, "InternalFailure": timbre.Unavailable,
	} {
		t.Run(kind, func(t *testing.T) {
			answers := map[string]func(http.ResponseWriter){"getDataEndpoint": refusing(kind), "getMedia": refusing(kind)}
			cfg, _, url := account(t, answers)
			for _, operation := range []string{"GetDataEndpoint", "GetMedia"} {
				_, err := (Streams{cfg}).Open(t.Context(), stream, Position{})
				if timbre.KindOf(err) != want || !strings.Contains(err.Error(), "no") {
					t.Errorf("%s: got %v of kind %v, want %v", operation, err, timbre.KindOf(err), want)
				}
				answers["getDataEndpoint"] = say(`{"DataEndpoint":"` + url + `"}`)
			}
		})
	}
}

func TestQueueOfSQS(t *testing.T) {
	cfg, stub, url := account(t, map[string]func(http.ResponseWriter){
		"ReceiveMessage": say(`{"Messages":[{"Body":"one","ReceiptHandle":"h","MessageId":"1"}]}`), "DeleteMessage": say(`{}`),
	})
	q := SQS{sqs.NewFromConfig(cfg, func(o *sqs.Options) { o.DisableMessageChecksumValidation = true }), url + "/1/contacts"}
	got, err := q.Receive(t.Context())
	if err != nil || !reflect.DeepEqual(got, []Message{{"one", "h"}}) {
		t.Fatalf("got %v and %v", got, err)
	}
	if err := q.Delete(t.Context(), got[0]); err != nil {
		t.Error(err)
	}
	if got := stub.asked["DeleteMessage"]; got["ReceiptHandle"] != "h" || got["QueueUrl"] != q.URL {
		t.Errorf("got request %v", got)
	}
}

// timbreStub is a server that takes PutMedia.
func timbreStub(t *testing.T, answer http.HandlerFunc) Server {
	h := httptest.NewServer(answer)
	t.Cleanup(h.Close)
	return Server{
		URL: h.URL + "/", Connector: "here", Region: "us-east-1", Client: h.Client(),
		Keys: credentials.NewStaticCredentialsProvider("AKID", "secret", "token"),
	}
}

// upload is a call with a text for a stream, whose acknowledgements are counted.
func upload(text string, persisted *int) Upload {
	return Upload{Began: time.UnixMilli(1_726_677_688_724), Stream: strings.NewReader(text), Persisted: func() { *persisted++ }}
}

func TestCallIsPut(t *testing.T) {
	var got []*http.Request
	var body string
	s := timbreStub(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		got, body = append(got, r), string(text)
		_, _ = io.WriteString(w, `{"EventType":"BUFFERING","FragmentTimecode":1}`+"\n"+`{"EventType":"PERSISTED","FragmentTimecode":1}`)
	})
	persisted := 0
	for range 2 {
		if err := s.Put(t.Context(), upload("media", &persisted)); err != nil {
			t.Fatal(err)
		}
	}
	first := got[0]
	if first.URL.Path != "/putMedia" || body != "media" || first.Header.Get("X-Amzn-Stream-Name") != "here" || first.Header.Get("X-Amz-Security-Token") != "token" {
		t.Errorf("got %s %v with %q", first.URL, first.Header, body)
	}
	a := first.Header.Get("Authorization")
	if !strings.Contains(a, "/kinesisvideo/aws4_request") || !strings.Contains(a, "x-amzn-stream-name") {
		t.Errorf("got Authorization %q", a)
	}
	if persisted != 2 {
		t.Errorf("got %d fragments persisted, want 2", persisted)
	}
	if began := got[1].Header.Get("X-Amzn-Producer-Start-Timestamp"); began != "1726677688.724" || began != first.Header.Get("X-Amzn-Producer-Start-Timestamp") {
		t.Errorf("got the start %q, want that of the call in each attempt", began)
	}
	if a == got[1].Header.Get("Authorization") {
		t.Error("got two attempts with one signature, want one each: it is taken once")
	}
}

func TestRefusalsAreForNowOrForGood(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		kind      string
		body      string
		temporary bool
	}{
		"overload":                 {503, "", "busy", true},
		"too many":                 {429, "", "", true},
		"many requests":            {400, "ThrottlingException", "", true},
		"many clients":             {400, "ClientLimitExceededException", "", true},
		"many connections":         {400, "ConnectionLimitExceededException:", "", true},
		"an old signature":         {400, "RequestExpired", "", true},
		"a wrong signature":        {403, "InvalidSignatureException", "", false},
		"an unknown key":           {403, "InvalidClientTokenId", "", false},
		"a key that has ended":     {403, "ExpiredTokenException", "", false},
		"no right":                 {403, "NotAuthorizedException", "", false},
		"no connector":             {404, "ResourceNotFoundException", "", false},
		"what is no request":       {400, "InvalidArgumentException", "", false},
		"a stream it can't":        {200, "", `{"EventType":"ERROR","ErrorId":4006,"ErrorCode":"INVALID_MKV_DATA"}`, false},
		"the end of it":            {200, "", `{"EventType":"ERROR","ErrorId":5000,"ErrorCode":"INTERNAL_ERROR","ErrorMessage":"the server was stopped"}`, true},
		"a connection lost":        {200, "", `{"EventType":"ERROR","ErrorId":4000,"ErrorCode":"STREAM_READ_ERROR"}`, true},
		"what is no answer":        {200, "", `<html>`, true},
		"an answer that stops":     {200, "", `{"EventType":`, true},
		"an error after a success": {200, "", `{"EventType":"PERSISTED"}{"EventType":"ERROR","ErrorId":4006}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := timbreStub(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Amzn-Errortype", c.kind)
				w.WriteHeader(c.status)
				_, _ = fmt.Fprint(w, c.body)
			})
			refusal, persisted := (*Refusal)(nil), 0
			err := s.Put(t.Context(), upload("media", &persisted))
			if !errors.As(err, &refusal) || refusal.Temporary != c.temporary {
				t.Errorf("got %v (%+v), want a refusal, temporary: %v", err, refusal, c.temporary)
			}
			if kind := strings.TrimSuffix(c.kind, ":"); err != nil && !strings.Contains(err.Error(), kind) {
				t.Errorf("got %v, want it to name %s", err, kind)
			}
		})
	}
	t.Run("nobody", func(t *testing.T) {
		s := timbreStub(t, nil)
		s.URL = "http://127.0.0.1:1"
		refusal, persisted := (*Refusal)(nil), 0
		if err := s.Put(t.Context(), upload("media", &persisted)); !errors.As(err, &refusal) || !refusal.Temporary {
			t.Errorf("got %v, want a refusal for now", err)
		}
	})
}
