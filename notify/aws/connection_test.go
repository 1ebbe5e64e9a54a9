package aws_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"timbre"
	"timbre/notify/aws/awstest"
	"timbre/notify/sns"
)

const topic = "arn:aws:sns:eu-central-1:111122223333:calls"

func notice() timbre.Notice {
	return timbre.Notice{ID: "Id-1", Key: "k", Target: topic, Payload: []byte(`{"id":"Id-1"}`)}
}

func TestConnectionIsKeptAlsoIfTheServiceAnswersAtOnce(t *testing.T) {
	from := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from[r.RemoteAddr] = true
		_, _ = w.Write([]byte(`<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>`))
	}))
	defer server.Close()
	s := sns.New(awstest.Account(t, server.URL), sns.Config{})
	for range 50 {
		if err := s.Send(t.Context(), notice()); err != nil {
			t.Fatal(err)
		}
	}
	if len(from) != 1 {
		t.Errorf("got connections from %v, want one", slices.Collect(maps.Keys(from)))
	}
}

func TestRequestOnAConnectionThatIsBeingClosedIsSentOnAnother(t *testing.T) {
	requests := map[string]int{} // by connection
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if requests[r.RemoteAddr]++; requests[r.RemoteAddr] == 1 {
			accept(w, r)
			return
		}
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = c.Close()
	}))
	defer server.Close()
	s := sns.New(awstest.Account(t, server.URL), sns.Config{})
	for range 3 {
		if err := s.Send(t.Context(), notice()); err != nil {
			t.Fatal(err)
		}
	}
	if len(requests) != 3 {
		t.Errorf("got %v, want three connections", requests)
	}
}
