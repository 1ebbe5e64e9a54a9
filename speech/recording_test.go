package speech

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"timbre"
	"timbre/rtp/codec"
)

// listener plays calls of connectors with one memory of recordings.
type listener struct {
	recordings *Recordings
	calls      int
}

// play plays a leg of a new call and returns its stretches.
func (l *listener) play(connector, caller string, pcm []int16) (out []timbre.Speech) {
	l.calls++
	c := timbre.Call{ConnectorID: connector, TransactionID: fmt.Sprint(l.calls), From: caller}
	d := NewDetector(&scriptedVAD{scores: slices.Repeat([]float32{1}, len(pcm)/Window+1)}, func(s timbre.Speech) { out = append(out, s) })
	d.Gates = NewGates(Origin{Recordings: l.recordings, Call: c})
	play(d, pcm, timbre.FrameSamples, 0)
	d.Flush()
	d.Gates.Close()
	return out
}

// spoken is what a leg of the demo's calls says from a moment on.
func spoken(t testing.TB, file string, from, length time.Duration) []float64 {
	t.Helper()
	channels, err := codec.ReadWAVFile(filepath.Join("..", "cmd", "timbre", "demo", "calls", file))
	if err != nil {
		t.Fatal(err)
	}
	x := make([]float64, timbre.Samples(length))
	for i := range x {
		x[i] = float64(channels[0][timbre.Samples(from)+i]) / 32768
	}
	return x
}

// announced is a call that begins with an announcement of 6 s, and goes on with a voice of its own.
func announced(t testing.TB, call int, dB float64, lead time.Duration) []int16 {
	voice := spoken(t, fmt.Sprintf("s%d_%s_caller.wav", 1+call%5, []string{"enrol", "second"}[call/5%2]), 9*time.Second, 9*time.Second)
	return sampled(lead+16*time.Second, added{spoken(t, "s4_enrol_caller.wav", 25*time.Second, 6*time.Second), lead, dB}, added{voice, lead + 6500*time.Millisecond, dB})
}

func TestAnnouncementIsDroppedFromTheThirdCallerOn(t *testing.T) {
	l := listener{recordings: NewRecordings()}
	for call := range 8 {
		lead := time.Duration(call) * 317 * time.Millisecond
		out := l.play("vc", fmt.Sprint("+1", call), announced(t, call, float64(-2*call), lead))
		got, rest := dropped(out, timbre.DropRecording, 0, lead+6300*time.Millisecond), dropped(out, timbre.DropRecording, lead+6500*time.Millisecond, time.Hour)
		switch {
		case call < 2 && got+rest > 0:
			t.Errorf("call %d: got %v dropped, want none: no two others contain it", call, got+rest)
		case call >= 2 && got < 5300*time.Millisecond:
			t.Errorf("call %d: got %v of 6 s of announcement dropped, want at least 5.3 s", call, got)
		case rest > 300*time.Millisecond:
			t.Errorf("call %d: got %v of the caller's voice dropped, want at most 0.3 s", call, rest)
		}
	}
}

func TestAnnouncementOnCallsOfOneCallerNeedsFourOthers(t *testing.T) {
	l := listener{recordings: NewRecordings()}
	for call := range 7 {
		out := l.play("vc", "anonymous", announced(t, call, 0, 0))
		if got := dropped(out, timbre.DropRecording, 0, time.Hour); (got > 5*time.Second) != (call >= enoughCalls) {
			t.Errorf("call %d: got %v dropped, want 6 s from call %d on", call, got, enoughCalls)
		}
	}
}

// The same test with the same voice, again and again, is no announcement, whoever calls and however noisy the line is.
func TestCallsThatAreEqualToTheEndAreKept(t *testing.T) {
	l := listener{recordings: NewRecordings()}
	voice := talk(20*time.Second, 1)
	for call := range 8 {
		noise := talk(20*time.Second, uint64(2+call))
		out := l.play("vc", fmt.Sprint("+1", call), sampled(22*time.Second, added{voice, time.Duration(call) * time.Second / 5, 0}, added{noise, 0, -40 + 4*float64(call)}))
		if got := dropped(out, timbre.DropRecording, 0, time.Hour); got > 0 {
			t.Errorf("call %d: got %v dropped, want none", call, got)
		}
	}
}

func TestRecordingsAreOfOneConnector(t *testing.T) {
	l := listener{recordings: NewRecordings()}
	for call := range 4 {
		l.play("vc", fmt.Sprint("+1", call), announced(t, call, 0, 0))
	}
	if got := dropped(l.play("another", "+19", announced(t, 9, 0, 0)), timbre.DropRecording, 0, time.Hour); got > 0 {
		t.Errorf("got %v dropped on another connector, want none", got)
	}
}

func TestAnnouncementInTheMiddleOfACallIsDropped(t *testing.T) {
	l := listener{recordings: NewRecordings()}
	for call := range 3 {
		l.play("vc", fmt.Sprint("+1", call), announced(t, call, 0, 0))
	}
	pcm := sampled(60*time.Second, added{talk(39*time.Second, 50), 0, 0}, added{spoken(t, "s4_enrol_caller.wav", 25*time.Second, 6*time.Second), 40 * time.Second, 0}, added{talk(13*time.Second, 51), 47 * time.Second, 0})
	out := l.play("vc", "+19", pcm)
	if got := dropped(out, timbre.DropRecording, 40*time.Second, 46500*time.Millisecond); got < 5*time.Second {
		t.Errorf("got %v of 6 s dropped, want at least 5 s", got)
	}
	if got := dropped(out, timbre.DropRecording, 0, time.Hour); got > 6500*time.Millisecond {
		t.Errorf("got %v dropped in all, want at most 6.5 s", got)
	}
}

func TestRecordingsAreBounded(t *testing.T) {
	r := NewRecordings()
	for i := range 3 * maxShelves {
		s := r.shelf(fmt.Sprint(i))
		for k := range 3 * shelfLegs {
			s.put(&legPrint{call: source{transactionID: fmt.Sprint(k)}, words: make([]word, foundWords)})
			words := make([]word, foundWords)
			for n := range words {
				words[n] = audible | word(0x9E3779B9*uint32(k*977+n)>>16)
			}
			s.learn(words, source{fmt.Sprint(k), ""})
		}
		if len(s.legs) != shelfLegs || len(s.known) != shelfKnown {
			t.Fatalf("got %d legs and %d stretches, want %d and %d", len(s.legs), len(s.known), shelfLegs, shelfKnown)
		}
		if i == 2 {
			break
		}
	}
	for i := range 3 * maxShelves {
		r.shelf(fmt.Sprint(i))
	}
	if len(r.shelves) != maxShelves {
		t.Errorf("got %d connectors, want %d", len(r.shelves), maxShelves)
	}
}

func TestLegThatTwoTasksHearIsOneLeg(t *testing.T) {
	s := NewRecordings().shelf("vc")
	long, short := make([]word, 200), make([]word, 100)
	for _, words := range [][]word{short, long, short} {
		s.put(&legPrint{call: source{"tx", "+1"}, leg: 0, words: words})
	}
	if len(s.legs) != 1 || len(s.legs[0].words) != 200 {
		t.Errorf("got %d legs, want one, the longest", len(s.legs))
	}
}

// Fuzzed words must not lead the gate out of its bounds, whatever is on the shelf.
func FuzzRecordingGate(f *testing.F) {
	f.Add([]byte("announcement"), []byte("another"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		s := NewRecordings().shelf("vc")
		for call, text := range [][]byte{a, b, slices.Concat(a, b), a, b} {
			g := &recordingGate{shelf: s, call: source{fmt.Sprint(call), fmt.Sprint(call)}}
			for i := range min(4*len(text), 2000) {
				w := &window{}
				for k := range w.spectrum {
					w.spectrum[k] = float32(text[(i/4+k)%len(text)])
				}
				g.judge([]*window{w})
			}
			g.keep()
		}
	})
}
