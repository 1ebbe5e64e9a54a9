package trunk

import (
	"slices"
	"strings"
	"sync"
	"testing"
)

// FuzzReplaces names dialogs to a table of two live calls: a name is translated if it is that of a dialog, into that of the other end, and is
// unchanged otherwise.
func FuzzReplaces(f *testing.F) {
	for _, text := range []string{"", ";early-only", ";TO-TAG", "; from-tag=x;", "elsewhere;to-tag=1;from-tag=2", "%3B", ";;=;to-tag"} {
		for at := range byte(4) {
			f.Add(at, text)
		}
	}
	var once sync.Once
	var live *registry
	var names []named
	f.Fuzz(func(t *testing.T, at byte, text string) {
		once.Do(func() { live, names = liveTable(t) })
		name := names[int(at)%len(names)].here
		for _, value := range []string{name, text, name + text, name + ";" + text, strings.Replace(name, ";", text, 1), strings.Replace(name, "tag", text, 1)} {
			got := live.translate(value)
			if got == value {
				continue
			}
			if !slices.ContainsFunc(names, func(n named) bool { return got == n.there || strings.HasPrefix(got, n.there+";") }) {
				t.Errorf("got %q of %q, want the name of a dialog", got, value)
			}
			if escaped := live.rename("refer-to", "<sip:a@b?Replaces="+escape(value)+">"); escaped != "<sip:a@b?Replaces="+escape(got)+">" {
				t.Errorf("got %q in a URI, want %q in it", escaped, got)
			}
		}
		if got := live.translate(name); got != names[int(at)%len(names)].there {
			t.Errorf("got %q of %q, want the other end's name", got, name)
		}
		_ = live.rename("refer-to", text)
	})
}

// named is the name of a dialog, and that of the dialog at the other end.
type named struct{ here, there string }

// liveTable is a table of two calls, and the names of their dialogs.
func liveTable(t *testing.T) (live *registry, names []named) {
	live = newRegistry()
	in(t, Config{}, func(_ *testing.T, h *bench) {
		for range 2 {
			a, b, _ := up(h)
			here := func(p *peer) string { return p.callID + ";to-tag=" + p.ours + ";from-tag=" + p.mine }
			there := func(p *peer) string { return p.callID + ";to-tag=" + p.mine + ";from-tag=" + p.ours }
			names = append(names, named{here(a), there(b)}, named{here(b), there(a)})
			defer a.ask("BYE", "")
		}
		for _, c := range h.live.calls() {
			live.begin(c)
			for i := range c.sides {
				live.put(c.sides[i].Load())
			}
		}
	})
	return live, names
}
