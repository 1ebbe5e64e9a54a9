package lambda_test

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"timbre"
	"timbre/notify"
	"timbre/notify/aws/awstest"
	"timbre/notify/lambda"
	"timbre/notify/notifytest"
)

const calls = "arn:aws:lambda:eu-central-1:111122223333:function:calls:live"

// functions is a strict fake of Lambda: it takes asynchronous invocations of one function alone.
type functions struct {
	mu       sync.Mutex
	payloads []string
}

func (f *functions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, invokes := strings.CutPrefix(r.URL.Path, "/2015-03-31/functions/")
	name, invokes2 := strings.CutSuffix(name, "/invocations")
	name, _ = url.PathUnescape(name)
	payload, err := io.ReadAll(r.Body)
	switch {
	case err != nil || r.Method != http.MethodPost || !invokes || !invokes2:
		awstest.JSON(w, http.StatusBadRequest, "InvalidRequestContentException", "not an invocation")
	case r.Header.Get("X-Amz-Invocation-Type") != "Event":
		awstest.JSON(w, http.StatusBadRequest, "InvalidParameterValueException", "not asynchronous")
	case name != calls:
		awstest.JSON(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found")
	default:
		f.mu.Lock()
		defer f.mu.Unlock()
		f.payloads = append(f.payloads, string(payload))
		w.WriteHeader(http.StatusAccepted)
	}
}

func (f *functions) received() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.payloads)
}

func TestSinkKeepsItsPromises(t *testing.T) {
	notifytest.Run(t, func(t *testing.T) notifytest.Backend { return backend(t) })
}

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend { return backend(b) })
}

// backend is a sink with a fake behind it.
func backend(t testing.TB) notifytest.Backend {
	t.Helper()
	f := &functions{}
	service := notifytest.NewService(t, f, awstest.RefuseJSON)
	return notifytest.Backend{
		Sink: lambda.New(awstest.Account(t, service.URL)), Service: service, Target: calls, Unknown: strings.Replace(calls, "calls", "lost", 1),
		Received: f.received, MaxPayload: 1 << 20, Secrets: []string{awstest.Secret, awstest.Token},
	}
}

func TestCausesOfLambda(t *testing.T) {
	for _, c := range []struct {
		status int
		code   string
		kind   notify.FailureKind
		want   string
	}{
		{http.StatusTooManyRequests, "TooManyRequestsException", notify.ForNow, "throttled"},
		{http.StatusRequestEntityTooLarge, "RequestTooLargeException", notify.Refused, "too large"},
		{http.StatusConflict, "ResourceConflictException", notify.ForNow, "the function is not ready"},
		{http.StatusBadGateway, "KMSDisabledException", notify.ForNow, "encryption key"},
		{http.StatusBadRequest, "InvalidParameterValueException", notify.Refused, "refused"},
	} {
		t.Run(c.code, func(t *testing.T) {
			service := notifytest.NewService(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				awstest.JSON(w, c.status, c.code, "no")
			}), awstest.RefuseJSON)
			err := lambda.New(awstest.Account(t, service.URL)).Send(t.Context(), timbre.Notice{Target: calls, Payload: []byte("{}")})
			if notify.FailureOf(err).Kind != c.kind || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.code) {
				t.Errorf("got %v, want %q of kind %d", err, c.want, c.kind)
			}
		})
	}
}
