package aws_test

import (
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"timbre"
	"timbre/environment"
	"timbre/notify/aws"
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

func TestSDKLogsToOurLog(t *testing.T) {
	url, _ := answering(t, accept)
	awstest.Settings(t, url)
	shared := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(shared, []byte("[other]\nregion = eu-west-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_CONFIG_FILE", shared)
	var log strings.Builder
	env := environment.Environment{Region: "us-east-1", Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	if err := sns.New(aws.New(env, aws.Config{}), sns.Config{}).Send(t.Context(), notice()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "the AWS SDK reports") {
		t.Errorf("got log %q, want what the SDK reports of the file", log.String())
	}
}
