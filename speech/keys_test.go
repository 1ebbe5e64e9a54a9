package speech

import (
	"slices"
	"testing"
	"time"

	"timbre"
)

// A sender that turns tones into events lets the first 40 ms of a tone through, and its last. None of that is heard, by any gates, whether
// the sender goes on sending audio meanwhile or not.
func TestWhatIsKeyedAsEventsIsNotHeard(t *testing.T) {
	const key, length = 2 * time.Second, 200 * time.Millisecond
	for name, c := range map[string]struct {
		only  []string
		pause time.Duration // without audio
	}{
		"audio goes on":          {nil, 0},
		"no gates":               {[]string{"none"}, 0},
		"no audio for a moment":  {nil, length - 40*time.Millisecond},
		"no audio for a second":  {nil, time.Second},
		"no gates, and no audio": {[]string{"none"}, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			leg := sampled(4*time.Second, added{talk(4*time.Second, 1), 0, 0})
			var passed []int16
			var dropped time.Duration
			d := NewDetector(&scriptedVAD{scores: slices.Repeat([]float32{1}, 200)}, func(s timbre.Speech) {
				passed = append(passed, s.PCM...)
				if s.Drop.Reason == timbre.DropDTMF {
					dropped += s.Drop.For
				}
			})
			d.Margin, d.Gates = time.Second, NewGates(Origin{Only: c.only})
			from, events := timbre.Samples(key), timbre.Samples(key+40*time.Millisecond)
			to := timbre.Samples(key + length)
			for i := from; i < to; i++ {
				leg[i] = 9999 // the mark of the tone
			}
			for i := 0; i < len(leg); i += timbre.FrameSamples {
				at := timbre.Duration(i)
				if c.pause > 0 && i >= events {
					if i < to-timbre.FrameSamples {
						continue
					}
					at += c.pause
				}
				d.Frame(timbre.Frame{At: at, PCM: leg[i : i+timbre.FrameSamples], Keyed: i >= events && i < to})
			}
			d.Flush()
			if n := slices.Index(passed, 9999); n >= 0 {
				t.Errorf("got a part of the tone at %v, want silence", timbre.Duration(n))
			}
			if dropped < 40*time.Millisecond || dropped > length+5*windowTime {
				t.Errorf("got %v dropped, want the key and little more", dropped)
			}
		})
	}
}

const windowTime = Window * time.Second / timbre.SampleRate

// What is keyed may be the number of a card: no setting lets it be heard.
func TestKeyTonesAreTakenOutByAnyGates(t *testing.T) {
	leg := sampled(3*time.Second, added{beeps(time.Second, 1, 0, 770, 1336), time.Second, 0})
	d := NewDetector(&scriptedVAD{scores: slices.Repeat([]float32{1}, 100)}, func(s timbre.Speech) {
		if goertzel(s.PCM, 770) > 0.01*float64(len(s.PCM))*1e6 {
			t.Errorf("got the tone of a key at %v, want it taken out", s.At)
		}
	})
	d.Gates = NewGates(Origin{Only: []string{"none"}})
	for i := 0; i < len(leg); i += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: leg[i : i+timbre.FrameSamples]})
	}
	d.Flush()
}
