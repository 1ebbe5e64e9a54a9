package trunk

import (
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// Whatever peers write where we look, nothing panics, and only dialogs of ours are renamed.
func FuzzHeaders(f *testing.F) {
	f.Add("a;to-tag=1;from-tag=2", "a,b")
	f.Add(";;;=;to-tag", " ,")
	f.Add("%", "")
	sides := newTable()
	f.Fuzz(func(t *testing.T, replaces, marked string) {
		if got := sides.rename(replaces); got != replaces {
			t.Errorf("%q became %q", replaces, got)
		}
		_ = sides.renamed("refer-to", "<sip:a@b?Replaces="+replaces+">")
		req := gosip.NewRequest(gosip.INVITE, gosip.Uri{Scheme: "sip", Host: "a"})
		req.AppendHeader(gosip.NewHeader(trail, marked))
		if n := len(marks(req)); n > mostMarks {
			t.Errorf("%d marks", n)
		}
	})
}
