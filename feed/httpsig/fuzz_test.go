package httpsig

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzRead reads arbitrary headers: what is read covers what is required, and says of itself what is signed.
func FuzzRead(f *testing.F) {
	example := audioHook()
	f.Add(example.Header.Get("Signature-Input"), example.Header.Get("Signature"))
	f.Add(`a=("@authority");created=1, b=();nonce="\"\\";keyid;x=*`, "a=:AAAA:, b=::")
	f.Add("(", ":")
	f.Fuzz(func(t *testing.T, input, signature string) {
		r := audioHook()
		r.Header = http.Header{"Signature-Input": {input}, "Signature": {signature}, "X-Api-Key": {"key"}}
		s, err := Read(r, []string{"@authority", "x-api-key"})
		if s == nil || err != nil {
			if s != nil {
				t.Errorf("got %v and %v", s, err)
			}
			return
		}
		lines := strings.Split(string(s.Base), "\n")
		said, of := strings.CutPrefix(lines[len(lines)-1], `"@signature-params": `)
		if !of || !strings.Contains(input, said) {
			t.Errorf("got %q, which does not end with what the signature says of itself", s.Base)
		}
		for _, want := range []string{`"@authority": audiohook.example.com`, `"x-api-key": key`} {
			if strings.Count(string(s.Base), want+"\n") != 1 {
				t.Errorf("got %q, want one line %s", s.Base, want)
			}
		}
	})
}
