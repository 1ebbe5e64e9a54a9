package door

import (
	"os"
	"testing"
	"time"

	"timbre/environment"
)

func TestOpenFilesAreCounted(t *testing.T) {
	d := NewDescriptors(environment.Environment{})
	before, err := d.Open()
	if err != nil {
		t.Skip("the system does not say which files are open: ", err)
	}
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if after, err := d.Open(); err != nil || after < before+1 {
		t.Errorf("got %d open (%v), want at least %d", after, err, before+1)
	}
}

func TestStreamsThatThereIsRoomFor(t *testing.T) {
	limit := 1024
	d := &Descriptors{limit: func() int { return limit }, count: func() (int, error) { return 96, nil }}
	want(t, "streams", d.Streams(2), (1024-128-96)/2)
	limit = 64
	want(t, "streams of a full process", d.Streams(2), 0)
	want(t, "streams where nothing is known", (*Descriptors)(nil).Streams(2), 0)
}

func TestUnknownDescriptorsAreNotLimited(t *testing.T) {
	var d *Descriptors
	if _, err := d.Open(); err == nil || d.Limit() != 0 || !d.Reserve(1<<20, ForCalls) {
		t.Errorf("got %v, limit %d, want an error, no limit, and no refusal", err, d.Limit())
	}
}

// Connections that come and go leave room for a call, as soon as they are gone.
func TestWhatWasClosedIsNotMissed(t *testing.T) {
	open, now := 100, time.Unix(0, 0)
	d := &Descriptors{now: func() time.Time { return now }, limit: func() int { return 1024 }, count: func() (int, error) { return open, nil }}
	for range 1024 - 128 - 100 {
		if !d.Reserve(1, ForLive) { // each is closed at once
			t.Fatal("got a refusal with descriptors left")
		}
	}
	if d.Reserve(2, ForLive) {
		t.Error("got two more right after a measurement, want a refusal")
	}
	if now = now.Add(refusalLife); !d.Reserve(2, ForLive) {
		t.Error("got a refusal, want a fresh measurement first")
	}
	open, now = 1000, now.Add(refusalLife)
	d.Reserve(1024, ForLive)
	if d.Reserve(2, ForLive) {
		t.Error("got two of the descriptors that are set aside")
	}
}
