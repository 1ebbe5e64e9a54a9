package siprec

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// crowd is metadata as large as a body may be: as many participants as are read, and then one element again and again.
func crowd(element func(i int) string) string {
	var doc strings.Builder
	doc.WriteString("<recording><datamode>complete</datamode>")
	for i := range maxParties {
		fmt.Fprintf(&doc, "<participant id='p%d'><nameID aor='sip:+4930%07d@example.com'/></participant>", i, i)
	}
	for i := 0; ; i++ {
		e := element(i)
		if doc.Len()+len(e) > MaxBody-100 {
			break
		}
		doc.WriteString(e)
	}
	doc.WriteString("</recording>")
	return doc.String()
}

// hostile are documents whose parts have to be compared with each other.
var hostile = map[string]func(i int) string{
	"numbers": func(i int) string { return fmt.Sprintf("<callingPartyNumber>+49301%06d</callingPartyNumber>", i) },
	"names":   func(i int) string { return fmt.Sprintf("<callingParty>sip:u%d@example.com</callingParty>", i) },
	"long": func(i int) string {
		return "<calledPartyNumber>" + strings.Repeat("9", 3000) + fmt.Sprint(i) + "</calledPartyNumber>"
	},
	"sends": func(i int) string {
		return fmt.Sprintf("<participantstreamassoc participant_id='p%d'>%s</participantstreamassoc>", i%maxParties, strings.Repeat("<send>s</send>", 30))
	},
	"streams": func(i int) string { return fmt.Sprintf("<stream id='s%d'><label>%d</label></stream>", i, i) },
}

// Names that extensions give are kept and compared up to a number: a body has room for thousands, and each is compared with each
// participant.
func TestNamesOfPartiesAreBounded(t *testing.T) {
	for name, element := range hostile {
		t.Run(name, func(t *testing.T) {
			m := Parse(crowd(element))
			if n := max(len(m.Calling), len(m.Called)); n > maxParties {
				t.Errorf("got %d names, want at most %d", n, maxParties)
			}
			for _, n := range append(m.Calling, m.Called...) {
				if len(n) > maxName {
					t.Fatalf("got a name of %d bytes, want at most %d", len(n), maxName)
				}
			}
		})
	}
}

// The names that come first count, also among too many.
func TestFirstOfManyNamesIsTheCaller(t *testing.T) {
	m := Parse(crowd(func(i int) string {
		return fmt.Sprintf("<callingPartyNumber>%09d</callingPartyNumber>", 30_000_0007+i*1000_000)
	}))
	if p, ok := m.named(m.Calling); !ok || p != 7 {
		t.Errorf("got participant %d (%v), want 7", p, ok)
	}
}

// What a body names is compared with each other in a small part of the time that reading it takes.
func TestWorkOnMetadataIsLinear(t *testing.T) {
	for name, element := range hostile {
		t.Run(name, func(t *testing.T) {
			m := Parse(crowd(element))
			lines := []Line{{0, "0"}, {1, "1"}, {2, "2"}}
			before := time.Now()
			Map(lines, m.After(m), Known{})
			if took := time.Since(before); took > 100*time.Millisecond { // 365 ms without the bound, 1 ms with it
				t.Errorf("comparing took %v", took)
			}
		})
	}
}

func BenchmarkCrowd(b *testing.B) {
	lines := []Line{{0, "0"}, {1, "1"}, {2, "2"}}
	for name, element := range hostile {
		doc := crowd(element)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m := Parse(doc)
				Map(lines, m.After(m), Known{})
			}
		})
	}
}
