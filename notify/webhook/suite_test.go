package webhook_test

import (
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"

	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
	"timbre/notify/webhook"
)

// maxBody is the largest request that the receiver accepts.
const maxBody = 1 << 20

// receiver is an endpoint that verifies signatures and records bodies.
type receiver struct {
	mu     sync.Mutex
	bodies []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusRequestEntityTooLarge)
		return
	}
	if err := webhook.Verify(secret, request.Header, body, times[0]); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body))
}

func (r *receiver) received() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.bodies)
}

func refuse(w http.ResponseWriter, f notifytest.Fault) {
	status := map[notifytest.Fault]int{
		notifytest.RefusedForever: http.StatusNotFound, notifytest.RefusedForNow: http.StatusServiceUnavailable,
		notifytest.BadCredentials: http.StatusUnauthorized,
	}[f]
	http.Error(w, "secret=hidden", status)
}

func TestSinkKeepsItsPromises(t *testing.T) {
	notifytest.Run(t, func(t *testing.T) notifytest.Backend { return backend(t) })
}

func BenchmarkSink(b *testing.B) {
	notifytest.Benchmark(b, func(b *testing.B) notifytest.Backend { return backend(b) })
}

// backend is a sink with an endpoint behind it.
func backend(t testing.TB) notifytest.Backend {
	t.Helper()
	r := &receiver{}
	service := notifytest.NewService(t, r, refuse)
	s, err := webhook.New(environment.Environment{Now: at0}, webhook.Config{
		Endpoints: []webhook.Endpoint{{Name: "crm", URL: service.URL + "/hook?token=hidden", Secret: secret}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return notifytest.Backend{
		Sink: s, Service: service, Target: crm, Unknown: "arn:timbre:webhook:us-east-1:000000000000:lost",
		Received: r.received, MaxPayload: maxBody, Secrets: []string{"hidden", secret},
		// It concerns this endpoint alone, unlike the credentials of an account.
		Kinds: map[string]notify.FailureKind{"bad credentials": notify.Refused},
	}
}
