package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCallGoesToTheServerOfTheSettings(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	defer server.Close()
	cert := filepath.Join(t.TempDir(), "cert.pem")
	if err := os.WriteFile(cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	for flags, want := range map[string]string{
		"":                                  "udp://127.0.0.1:5060",
		"--sip.listen udp://0.0.0.0:5070":   "udp://127.0.0.1:5070",
		"--sip.listen tcp://[::]:5070":      "tcp://[::1]:5070",
		"--sip.listen udp://192.0.2.1:5060": "udp://192.0.2.1:5060",
		"--transport tcp":                   "tcp://127.0.0.1:5060",
		"--sip.listen udp://127.0.0.1:5061,tls://127.0.0.1:5062 --sip.tls.key key.pem --transport tls --sip.tls.cert " + cert: "tls://127.0.0.1:5062",
	} {
		var line commands
		if _, err := newParser(&line).Parse(append([]string{"call", cert}, strings.Fields(flags)...)); err != nil { // any file
			t.Fatal(err)
		}
		if err := line.Call.own(); err != nil || line.Call.Server != want || (line.Call.Trust != nil) != strings.HasPrefix(want, "tls") {
			t.Errorf("%q: got %q, %v, want %q", flags, line.Call.Server, err, want)
		}
		if trusted := line.Call.Trust; trusted != nil {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: trusted}}
			if res, err := client.Get(server.URL); err != nil {
				t.Errorf("got %v of the server whose certificate that is, want trust", err)
			} else {
				_ = res.Body.Close()
			}
		}
	}
	var line commands
	if _, err := newParser(&line).Parse([]string{"call", cert, "--transport", "tls"}); err != nil {
		t.Fatal(err)
	}
	if err := line.Call.own(); err == nil || !strings.Contains(err.Error(), "--server") {
		t.Errorf("got %v where the server has no such address, want advice", err)
	}
}

func TestTrustNamesTheFileThatIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cert.pem")
	for _, text := range []string{"", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := trust(file); err == nil || !strings.Contains(err.Error(), file) {
			t.Errorf("got %v, want the file", err)
		}
	}
}
