package dialog

import (
	"testing"

	"timbre"
)

// fakeStream is a stream that records its updates.
type fakeStream struct {
	updates []timbre.Media
	packets uint64
}

func (f *fakeStream) Port() int                   { return 20000 }
func (f *fakeStream) Update(m timbre.Media)       { f.updates = append(f.updates, m) }
func (f *fakeStream) Reception() timbre.Reception { return timbre.Reception{Packets: f.packets} }
func (f *fakeStream) Close()                      {}

func TestTrackTellsItsStreamWhatHasChanged(t *testing.T) {
	s := &fakeStream{}
	track := &Track{Stream: s}
	track.Update(timbre.Media{Mux: true})
	track.Update(timbre.Media{Mux: true})
	track.Pause()
	track.Pause()
	if len(s.updates) != 2 || !s.updates[0].Mux || s.updates[0].Hold || !s.updates[1].Mux || !s.updates[1].Hold {
		t.Errorf("got %+v, want the change and the pause, once each", s.updates)
	}
}

func TestTrackReportsSinceTheLastReport(t *testing.T) {
	s := &fakeStream{packets: 5}
	track := &Track{Stream: s}
	for _, want := range []uint64{5, 0, 2} {
		if got := track.Report().Packets; got != want {
			t.Errorf("got %d packets, want %d", got, want)
		}
		if want == 0 {
			s.packets += 2
		}
	}
}

// fakeLeg counts frames.
type fakeLeg struct{ frames int }

func (l *fakeLeg) Frame(timbre.Frame)             { l.frames++ }
func (l *fakeLeg) SetMeter(timbre.ReceptionMeter) {}

func TestListenerDropsFramesUntilALegIsAttached(t *testing.T) {
	var l Listener
	leg := &fakeLeg{}
	l.Frame(timbre.Frame{})
	l.Attach(leg)
	l.Frame(timbre.Frame{})
	l.Frame(timbre.Frame{})
	if leg.frames != 2 {
		t.Errorf("got %d frames, want 2", leg.frames)
	}
}
