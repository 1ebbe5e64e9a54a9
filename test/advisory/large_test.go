package advisory

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// What is asked without a key must not cost the memory of its body: CVE-2023-6337 (Vault). Nor must JSON that is deep or wide cost
// more than its bytes: CVE-2025-6203 (Vault).
func TestLargeRequests(t *testing.T) {
	s := serve(t)
	before := s.metric(t, "process_resident_memory_bytes")
	for range 4 {
		conn := s.dial(t, "api", "127.0.0.1")
		_, err := io.WriteString(conn, "POST /voice-connectors HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n")
		must(t, err)
		must(t, conn.SetWriteDeadline(time.Now().Add(patience)))
		if sent, err := io.CopyN(conn, endless{}, 64<<20); err == nil {
			t.Errorf("got %d bytes taken without a key, want an end before", sent)
		}
	}
	wide, err := json.Marshal(map[string]any{"Name": "x", "Tags": make([]map[string]string, 1<<13)})
	must(t, err)
	for name, body := range map[string]string{"deep": strings.Repeat("[", 1<<16), "deep objects": `{"Name":` + strings.Repeat(`{"a":`, 1<<14), "wide": string(wide)} {
		began := time.Now()
		code, _ := do(t, sign(t, s.post(t, body), hashOf(body), time.Now()))
		if took := time.Since(began); code < 400 || code >= 500 || took > 2*time.Second {
			t.Errorf("%s: got status %d in %s, want a refusal at once", name, code, took)
		}
	}
	if after := s.metric(t, "process_resident_memory_bytes"); after > before+64<<20 {
		t.Errorf("got %.0f MiB more memory, want at most 64", (after-before)/(1<<20))
	}
	if code, _ := s.get(t, "admin", "/healthz"); code != http.StatusOK {
		t.Errorf("got status %d, want 200", code)
	}
}

// endless is a body without an end.
type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }
