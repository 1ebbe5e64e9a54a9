package trial

import (
	"fmt"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"timbre"
)

func TestIndexOutOfBoundsIsRefused(t *testing.T) {
	for name, u := range map[string]string{
		"a start that overflows":  "[2000000000000000, 16000]",
		"a length that overflows": "[0, 9000000000000000000]",
		"a sum that is too long":  "[0, 600000000], [0, 600000000]",
		"a start below nothing":   "[-1, 16000]",
	} {
		t.Run(name, func(t *testing.T) {
			text := fmt.Sprintf(`{"a": {"file": "a.wav", "utterances": [%s]}, "b": {"file": "b.wav"}}`, u)
			if _, err := ReadIndex(strings.NewReader(text), "", ""); timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), "12 hours") {
				t.Errorf("got %v, want Invalid", err)
			}
		})
	}
	if _, err := ReadIndex(strings.NewReader(strings.Repeat(" ", MaxIndex+1)), "", ""); timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("got %v for a larger one, want Invalid", err)
	}
}

func FuzzIndex(f *testing.F) {
	f.Add(`{"a": {"file": "a.wav", "utterances": [[2000000000000000, 16000]]}, "b": {"file": "b.wav", "utterances": [[0, 1, 2], [1, 9000000000000000000]]}}`)
	f.Add(`{"a": {"file": "a.wav", "utterances": [[0, 16000, 1], [16000, 16000, 100000000]]}, "b": {}}`)
	f.Fuzz(func(t *testing.T, text string) {
		people, err := ReadIndex(strings.NewReader(text), "", "")
		if err != nil && timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("got %v, want Invalid", err)
		}
		for _, p := range people {
			for _, r := range p.Recordings {
				for _, x := range r.Parts {
					if x.From < 0 || x.To < x.From || x.To > longest {
						t.Errorf("got part %+v", x)
					}
				}
			}
		}
	})
}

func TestPipeIsNoRecording(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a.wav": ""})
	if err := syscall.Mkfifo(filepath.Join(dir, "b.wav"), 0o600); err != nil {
		t.Skip(err)
	}
	if got, err := Recordings(dir); err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want a.wav alone", got, err)
	}
}

func TestToneListMayBeginWithAMark(t *testing.T) {
	got, err := ReadToneList(strings.NewReader("\uFEFFfile,tone\na.wav,neutral\n"), "")
	if err != nil || len(got) != 1 {
		t.Errorf("got %v, %v, want a recording", got, err)
	}
	if _, err := ReadToneList(strings.NewReader(strings.Repeat("#\n", MaxList/2+1)), ""); timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), "64 MiB") {
		t.Errorf("got %v for a list that is too large, want Invalid", err)
	}
}

// A chain of recordings that are each of one person with the next is walked once, not once a trial.
func TestLongChainOfTrialsIsNamed(t *testing.T) {
	p := people{}
	for i := range 20000 {
		p[fmt.Sprintf("%06d", i+1)] = fmt.Sprintf("%06d", i)
	}
	if got := p.find("020000"); got != "000000" || p["020000"] != "000000" || p["010000"] != "000000" {
		t.Errorf("got %s, want every recording of the chain to lead to its root at once", got)
	}
}
