package node

import (
	"path/filepath"
	"strings"
	"testing"

	"timbre/config"
	"timbre/environment"
)

// opened is a node with an outbox, or the error of opening it.
func opened(t *testing.T, change func(*config.Notify)) (*Node, error) {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	change(&s.Notify)
	n := newNode(environment.Environment{}, s)
	t.Cleanup(n.close)
	if err := n.openStore(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n, n.openOutbox(t.Context())
}

// Kafka, NATS and files are targets once the settings have them. Nothing connects to them at the start.
func TestTargetsFollowTheSettings(t *testing.T) {
	const own = "arn:timbre:KIND:us-east-1:000000000000:events"
	for kind, change := range map[string]func(*config.Notify){
		"kafka": func(s *config.Notify) { s.Kafka.Brokers, s.Kafka.TLS = []string{"127.0.0.1:1"}, true },
		"nats":  func(s *config.Notify) { s.NATS.URL = "nats://127.0.0.1:1" },
		"file":  func(s *config.Notify) { s.Files = map[string]string{"events": "/nowhere/events.jsonl"} },
	} {
		t.Run(kind, func(t *testing.T) {
			target := strings.Replace(own, "KIND", kind, 1)
			with, err := opened(t, change)
			if err != nil {
				t.Fatal(err)
			}
			if err := with.notices.Check(target); err != nil {
				t.Errorf("got %v, want the target known", err)
			}
			without, err := opened(t, func(*config.Notify) {})
			if err != nil {
				t.Fatal(err)
			}
			if err := without.notices.Check(target); err == nil || !strings.Contains(err.Error(), kind) {
				t.Errorf("got %v, want an error that names the kind", err)
			}
		})
	}
}

func TestAuthoritiesThatCannotBeReadAreNamed(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "ca.pem")
	for key, change := range map[string]func(*config.Notify){
		"notify.kafka.ca": func(s *config.Notify) {
			s.Kafka.Brokers, s.Kafka.TLS, s.Kafka.CA = []string{"127.0.0.1:1"}, true, missing
		},
		"notify.nats.ca": func(s *config.Notify) { s.NATS.URL, s.NATS.CA = "nats://127.0.0.1:1", missing },
	} {
		t.Run(key, func(t *testing.T) {
			if _, err := opened(t, change); err == nil || !strings.Contains(err.Error(), key) {
				t.Errorf("got %v, want an error that names %s", err, key)
			}
		})
	}
}
