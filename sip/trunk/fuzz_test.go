package trunk

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// Whatever peers write, nothing panics, and only known dialogs are translated.
func FuzzHeaders(f *testing.F) {
	f.Add("a;to-tag=1;from-tag=2", "a,b")
	f.Add(";;;=;to-tag", " ,")
	f.Add("%", "")
	live := newRegistry()
	f.Fuzz(func(t *testing.T, replaces, marked string) {
		if got := live.translate(replaces); got != replaces {
			t.Errorf("got %q, want %q unchanged", got, replaces)
		}
		_ = live.rename("refer-to", "<sip:a@b?Replaces="+replaces+">")
		req := gosip.NewRequest(gosip.INVITE, gosip.Uri{Scheme: "sip", Host: "a"})
		req.AppendHeader(gosip.NewHeader(loopHeader, marked))
		if n := len(loopTokens(req)); n > maxLoopTokens {
			t.Errorf("got %d tokens, want at most %d", n, maxLoopTokens)
		}
	})
}
