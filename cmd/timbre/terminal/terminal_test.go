package terminal

import (
	"os"
	"strings"
	"testing"
	"time"
)

func TestOnlyLinesArePrintedWithoutATerminal(t *testing.T) {
	var out strings.Builder
	p := Output{Writer: &out}.Progress(time.Minute)
	for at := time.Duration(0); at < time.Minute; at += time.Second {
		p.At(at)
	}
	p.Say("one")
	p.Close()
	p.Say("two")
	if out.String() != "one\ntwo\n" {
		t.Errorf("got %q, want the two lines", out.String())
	}
}

func TestLinesArePrintedAboveTheBar(t *testing.T) {
	var out strings.Builder
	p := Output{Writer: &out, Terminal: true}.Progress(time.Minute)
	p.At(30 * time.Second)
	p.Say("one")
	p.Close()
	p.Say("two")
	got := out.String()
	if !strings.Contains(got, "0:30 of 1:00") || !strings.Contains(got, "\x1b[2K\rone\n") || !strings.HasSuffix(got, "\rtwo\n") {
		t.Errorf("got %q, want the lines and the bar", got)
	}
}

func TestBarOfStepsCountsThem(t *testing.T) {
	var out strings.Builder
	p := Output{Writer: &out, Terminal: true}.Steps(3, "people")
	p.Step()
	p.Say("one")
	p.Step()
	p.Step()
	p.Close()
	if got := out.String(); !strings.Contains(got, "1 of 3 people") {
		t.Errorf("got %q, want the steps counted", got)
	}
}

func TestLocaleDecidesUnicode(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for env, unicode := range map[string]bool{"": false, "LANG=en_GB.UTF-8": true, "LC_ALL=C": false, "LC_CTYPE=C.utf8": true} {
		name, value, _ := strings.Cut(env, "=")
		s := Of(f, func(n string) string {
			if n == name {
				return value
			}
			return ""
		})
		if s.Terminal || s.Color || s.Unicode != unicode {
			t.Errorf("%q: got %+v, want Unicode %v alone", env, s, unicode)
		}
	}
}

func TestPaintRequiresColour(t *testing.T) {
	if got := (Output{}).Paint(Red, "a"); got != "a" {
		t.Errorf("got %q, want plain text", got)
	}
	if got := (Output{Color: true}).Paint(Red, "a"); got != "\x1b[31ma\x1b[0m" {
		t.Errorf("got %q, want red text", got)
	}
}
