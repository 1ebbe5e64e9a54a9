package node

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
	"timbre/environment"
)

const profile = "[default]\naws_access_key_id = AKIDFILE\naws_secret_access_key = one\n"

// reloadable is a node with what Reload reloads, and its log.
func reloadable(t *testing.T) (*Node, *bytes.Buffer) {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.TLS = issued(t, s.Data, 1)
	s.Notify.Webhooks = []config.Webhook{{Name: "crm", URL: "http://127.0.0.1:1/", Secret: "whsec_c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="}}
	var log bytes.Buffer
	n := newNode(environment.Environment{Log: slog.New(slog.NewTextHandler(&log, nil))}, s)
	t.Cleanup(n.close)
	if err := os.WriteFile(filepath.Join(s.Data, "credentials"), []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, open := range []func(context.Context) error{n.openDoors, n.openStore, n.openCredentials, n.openOutbox} {
		if err := open(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := n.openCertificate("api.tls", s.API.TLS); err != nil {
		t.Fatal(err)
	}
	return n, &log
}

// knows says whether the webhook has a target of the name.
func knows(t *testing.T, n *Node, name string) bool {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // nothing is sent
	err := n.webhooks.Send(ctx, timbre.Notice{Target: "arn:timbre:webhook:us-east-1:000000000000:" + name})
	return timbre.KindOf(err) != timbre.NotFound
}

func TestReloadTakesKeysWebhooksAndCertificates(t *testing.T) {
	n, log := reloadable(t)
	s := n.settings
	s.AccessKeyID, s.SecretAccessKey = "AKIDNEW", "two"
	s.Notify.Webhooks = []config.Webhook{{Name: "erp", URL: "http://127.0.0.1:1/", Secret: "whsec_c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="}}
	s.Feed.Tokens = []config.PlatformToken{{Connector: "c", Platform: "twilio", Secret: "0123456789abcdef"}}
	s.API.TLS = issued(t, t.TempDir(), 2)
	s.SIP.DSCP, s.Feed.TLS = 0, s.API.TLS // take effect at the next start
	if err := os.WriteFile(filepath.Join(s.Data, "credentials"), []byte(strings.ReplaceAll(profile, "AKIDFILE", "AKIDOTHER")), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := n.Reload(s); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{"AKIDNEW": true, "AKIDOTHER": true, "AKIDFILE": false} {
		if _, got := n.Credentials.Key(id); got != want {
			t.Errorf("key %s: got known %t, want %t", id, got, want)
		}
	}
	if knows(t, n, "crm") || !knows(t, n, "erp") {
		t.Error("got the webhooks of before, want the new ones")
	}
	if got := serial(n); got != 2 {
		t.Errorf("got certificate %d, want 2", got)
	}
	if got := n.used.Feed.Tokens; len(got) != 1 {
		t.Errorf("got tokens %v, want the new one", got)
	}
	if want := `settings="sip.dscp, feed.tls.cert, feed.tls.key"`; !strings.Contains(log.String(), want) {
		t.Errorf("got log %s, want %s named", log, want)
	}
}

func TestReloadOfBrokenFilesChangesNothing(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, s *config.Settings){
		"invalid settings":  func(_ *testing.T, s *config.Settings) { s.Account = "12" },
		"webhook secret":    func(_ *testing.T, s *config.Settings) { s.Notify.Webhooks[0].Secret = "whsec_!" },
		"certificate":       func(_ *testing.T, s *config.Settings) { s.API.TLS.Cert = s.API.TLS.Key },
		"credentials":       func(t *testing.T, s *config.Settings) { overwrite(t, s.Data, "aws_access_key_id = A") },
		"no credentials":    func(t *testing.T, s *config.Settings) { s.AccessKeyID = ""; overwrite(t, s.Data, "") },
		"empty credentials": func(t *testing.T, s *config.Settings) { s.AccessKeyID = ""; overwrite(t, s.Data, "\n") },
		"credentials twice": func(t *testing.T, s *config.Settings) {
			overwrite(t, s.Data, profile+strings.ReplaceAll(profile, "one", "two"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, _ := reloadable(t)
			s := n.settings
			s.AccessKeyID, s.SecretAccessKey = "AKIDNEW", "two"
			s.Notify.Webhooks = []config.Webhook{{Name: "erp", URL: "http://127.0.0.1:1/", Secret: "whsec_c2VjcmV0IHRoYXQgaXMgbG9uZyBlbm91Z2g="}}
			spoil(t, &s)
			if err := n.Reload(s); err == nil {
				t.Fatal("got no error")
			}
			_, old := n.Credentials.Key("AKIDFILE")
			_, fresh := n.Credentials.Key("AKIDNEW")
			if !old || fresh || !knows(t, n, "crm") || knows(t, n, "erp") || serial(n) != 1 {
				t.Error("got settings that changed, want those before")
			}
		})
	}
}

// issued returns the files of a certificate with a serial number.
func issued(t *testing.T, folder string, serial int64) config.TLS {
	t.Helper()
	files := config.TLS{Cert: filepath.Join(folder, "cert.pem"), Key: filepath.Join(folder, "key.pem")}
	issue(t, files, serial, true)
	return files
}

// serial is that of the API's certificate.
func serial(n *Node) int64 { return n.certificates["api.tls"].loaded.Leaf.SerialNumber.Int64() }

// overwrite replaces the credentials; empty: removes them.
func overwrite(t *testing.T, folder, text string) {
	t.Helper()
	path := filepath.Join(folder, "credentials")
	err := os.Remove(path)
	if text != "" {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
