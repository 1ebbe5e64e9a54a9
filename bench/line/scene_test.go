package line

import (
	"math"
	"slices"
	"testing"
	"time"

	"timbre"
)

// words are utterances of a steady tone of 1 kHz, two seconds each.
func words(n int) (all [][]int16) {
	x := make([]float64, 2*timbre.SampleRate)
	for i := range x {
		x[i] = 0.1 * math.Sin(turn(1000, i))
	}
	for range n {
		all = append(all, PCM(x))
	}
	return all
}

func level(x []float64) float64 { return Level(RMS(x)) }

func TestPartiesTakeTurns(t *testing.T) {
	s := Converse(words(6), words(6), Seed("turns"))
	if len(s.Caller) != len(s.Agent) {
		t.Fatalf("got legs of %d and %d samples, want equal lengths", len(s.Caller), len(s.Agent))
	}
	both := 0
	for i := range s.Caller {
		if s.Caller[i] != 0 && s.Agent[i] != 0 {
			both++
		}
	}
	if both > 0 {
		t.Errorf("got %d samples in which both speak, want none", both)
	}
	if first := s.Caller[timbre.Samples(s.Start)-1]; first != 0 || s.Start < 4*time.Second {
		t.Errorf("got the caller's start at %v, want it after the agent's first turn", s.Start)
	}
	if got := Level(Loudness(s.Caller)); math.Abs(got-VoiceLevel) > 0.1 {
		t.Errorf("got a voice at %.1f dB, want %d", got, VoiceLevel)
	}
}

func TestLeadComesBeforeBothParties(t *testing.T) {
	s := Converse(words(2), words(2), Seed("lead"))
	start, length := s.Start, len(s.Caller)
	s.Lead(RingBacks[0].Ring(18*time.Second, -20))
	if s.Start != start+18*time.Second || len(s.Caller) != length+timbre.Samples(18*time.Second) || len(s.Agent) != len(s.Caller) {
		t.Errorf("got start %v and lengths %d and %d, want 18 s more each", s.Start, len(s.Caller), len(s.Agent))
	}
}

func TestEchoIsTheOtherPartyLaterAndWeaker(t *testing.T) {
	x := make([]float64, timbre.SampleRate)
	for i := range x {
		x[i] = 0.1 * math.Sin(turn(1000, i))
	}
	s := Scene{Caller: make([]float64, 2*len(x)), Agent: slices.Concat(x, make([]float64, len(x)))}
	s.Echo(100*time.Millisecond, 20)
	delay := timbre.Samples(100 * time.Millisecond)
	if got := RMS(s.Caller[:delay]); got > 1e-6 {
		t.Errorf("got %v before the delay, want silence", got)
	}
	if got := level(s.Caller[delay:delay+len(x)]) - level(x); math.Abs(got+20) > 1 {
		t.Errorf("got an echo at %.1f dB, want -20", got)
	}
}

func TestNoiseHasItsLevel(t *testing.T) {
	for name, add := range map[string]func(*Scene){
		"white":  func(s *Scene) { s.White(-34, Seed("white")) },
		"babble": func(s *Scene) { s.Babble([][][]int16{words(2), words(3)}, -34, Seed("babble")) },
	} {
		t.Run(name, func(t *testing.T) {
			s := Scene{Caller: make([]float64, 3*timbre.SampleRate)}
			if add(&s); math.Abs(level(s.Caller)+34) > 0.1 {
				t.Errorf("got %.1f dB, want -34", level(s.Caller))
			}
		})
	}
}

func TestRingBackKeepsItsCadence(t *testing.T) {
	for _, tone := range RingBacks {
		t.Run(tone.Country, func(t *testing.T) {
			x := tone.Ring(12*time.Second, -20)
			on, off := timbre.Samples(tone.Cadence[0]), timbre.Samples(tone.Cadence[1])
			if got := level(x[:on]); got < -26 || got > -19 {
				t.Errorf("got the tone at %.1f dB, want about -20", got)
			}
			if got := RMS(x[on : on+off]); got > 1e-6 {
				t.Errorf("got %v in the pause, want silence", got)
			}
		})
	}
}

func TestSeedRepeatsItself(t *testing.T) {
	a, b := Music(2*time.Second, -24, Seed("m")), Music(2*time.Second, -24, Seed("m"))
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("got sample %d %v and %v from one seed, want the same", i, a[i], b[i])
		}
	}
	if got := level(a); math.Abs(got+24) > 0.1 {
		t.Errorf("got music at %.1f dB, want -24", got)
	}
}

func TestNarrowCodecKeepsTheLength(t *testing.T) {
	pcm := words(1)[0]
	got, err := Narrow.Transcode(pcm)
	if err != nil || len(got) != len(pcm) {
		t.Errorf("got %d samples and error %v, want %d", len(got), err, len(pcm))
	}
}
