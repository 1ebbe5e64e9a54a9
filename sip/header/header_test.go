package header

import (
	"slices"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// message is a list of headers.
type message []gosip.Header

func (m message) Headers() []gosip.Header { return m }

func TestHeadersAreFoundByAnyName(t *testing.T) {
	m := message{gosip.NewHeader("k", "timer, 100rel"), gosip.NewHeader("SUPPORTED", "Replaces"), gosip.NewHeader("X-Note", "a\xffb"), gosip.NewHeader("x", "90")}
	if got := Values(m, "supported"); !slices.Equal(got, []string{"timer, 100rel", "Replaces"}) {
		t.Errorf("%q", got)
	}
	if Value(m, "session-expires") != "90" || Value(m, "subject") != "" {
		t.Errorf("%q, %q", Value(m, "session-expires"), Value(m, "subject"))
	}
	for word, want := range map[string]bool{"Timer": true, "100rel": true, "replaces": true, "100": false, "": false} {
		if Has(m, "supported", word) != want {
			t.Errorf("%q: %v", word, !want)
		}
	}
	all := All(m)
	if all["supported"] != "timer, 100rel, Replaces" || all["x-note"] != "a\ufffdb" || len(all) != 3 {
		t.Errorf("%q", all)
	}
}
