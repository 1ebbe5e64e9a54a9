package header

import (
	"maps"
	"slices"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// message is a list of headers.
type message []gosip.Header

func (m message) Headers() []gosip.Header { return m }

func TestHeadersAreFoundByAnyFormOfTheirName(t *testing.T) {
	m := message{gosip.NewHeader("k", "timer, 100rel"), gosip.NewHeader("SUPPORTED", "Replaces"), gosip.NewHeader("X-Note", "a\xffb"), gosip.NewHeader("y", "\"a\\\x00\""), gosip.NewHeader("x", "90")}
	if got, want := Values(m, "supported"), []string{"timer, 100rel", "Replaces"}; !slices.Equal(got, want) {
		t.Errorf("got values %q, want %q", got, want)
	}
	if got := Value(m, "session-expires"); got != "90" {
		t.Errorf("got Session-Expires %q, want 90", got)
	}
	if got := Value(m, "subject"); got != "" {
		t.Errorf("got Subject %q, want none", got)
	}
	for word, want := range map[string]bool{"Timer": true, "100rel": true, "replaces": true, "100": false, "": false} {
		if got := Has(m, "supported", word); got != want {
			t.Errorf("got %v for %q, want %v", got, word, want)
		}
	}
	want := map[string]string{"supported": "timer, 100rel, Replaces", "x-note": "a\ufffdb", "session-expires": "90", "identity": "\"a\\\ufffd\""}
	if got := All(m); !maps.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
