package timbre

import (
	"testing"
	"time"
)

func TestDropsSayWhatWasDropped(t *testing.T) {
	var d Drops
	d.Add(Drop{})
	if got := d.String(); got != "" || d.Total() != 0 {
		t.Errorf("got %q and %v of nothing, want none", got, d.Total())
	}
	d.Add(Drop{DropEcho, 4 * time.Second})
	d.Add(Drop{DropEcho, 200 * time.Millisecond})
	d.Add(Drop{DropDTMF, 99 * time.Millisecond})
	if got, want := d.String(), "4.2 s of echo were not analysed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d.Add(Drop{DropTone, 18 * time.Second})
	if got, want := d.String(), "4.2 s of echo and 18.0 s of ring-back or other tones were not analysed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	d.Add(Drop{DropRecording, time.Second})
	if got, want := d.String(), "4.2 s of echo, 18.0 s of ring-back or other tones and 1.0 s of recorded announcements were not analysed"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := d.Total(), 23299*time.Millisecond; got != want {
		t.Errorf("got %v in all, want %v", got, want)
	}
}

func TestEachReasonHasANameOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range Reasons() {
		if name := r.String(); name == "" || seen[name] || sounds[r] == "" {
			t.Errorf("reason %d: got name %q, sound %q", r, name, sounds[r])
		}
		seen[r.String()] = true
	}
}
