// Package analysis tests the analysis from frames to speakers and tone, with the real models and the demo's calls, but without
// sockets, tasks or clocks.
package analysis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/search"
	"timbre/speech"
	"timbre/tone"
	"timbre/voice"
)

const calls = "../../cmd/timbre/demo/calls"

// chain is the analysis from frames to results.
type chain struct {
	vad         speech.VAD
	embedder    *voice.Embedder
	scorer      *tone.Scorer
	calibration search.Calibration
}

func newChain(t testing.TB) chain {
	t.Helper()
	r, err := infer.New(environment.Environment{}, infer.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	load := func(m timbre.ONNXModel, queue infer.Queue) *infer.Model {
		net, err := r.Load(m, queue)
		if err != nil {
			t.Fatal(err)
		}
		return net
	}
	calibration, err := search.ParseCalibration(models.Calibration())
	if err != nil {
		t.Fatal(err)
	}
	toneCalibration, err := tone.ParseCalibration(models.ToneCalibration())
	if err != nil {
		t.Fatal(err)
	}
	return chain{
		vad:         load(models.VAD(), infer.Short),
		embedder:    voice.New(load(models.Speaker(), infer.Long), models.Speaker().String()),
		scorer:      tone.New(load(models.Tone(), infer.Long), toneCalibration),
		calibration: calibration,
	}
}

func read(t testing.TB, file string) []int16 {
	t.Helper()
	channels, err := codec.ReadWAVFile(filepath.Join(calls, file))
	if err != nil {
		t.Fatal(err)
	}
	return channels[0]
}

// listen runs a leg through the VAD and passes on its speech.
func (c chain) listen(t testing.TB, file string, to func(timbre.Speech)) {
	t.Helper()
	pcm := read(t, file)
	d := speech.NewDetector(c.vad, to)
	for i := 0; i < len(pcm); i += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: pcm[i:min(i+timbre.FrameSamples, len(pcm))]})
	}
	d.Flush()
	if err := d.Err(); err != nil {
		t.Fatal(err)
	}
}

// voiceprint returns the voiceprint of a leg's first speech, of at least a net length.
func (c chain) voiceprint(t testing.TB, file string, enough time.Duration) timbre.Voiceprint {
	t.Helper()
	var pcm []float32
	var net time.Duration
	c.listen(t, file, func(s timbre.Speech) {
		if net < enough {
			net, pcm = s.Net, timbre.Wave(pcm, s.PCM)
		}
	})
	if net < enough {
		t.Fatalf("%s: got %v of speech, want %v", file, net, enough)
	}
	v, err := c.embedder.Embed(t.Context(), pcm, net)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// enrol makes profiles of the demo's callers.
func (c chain) enrol(t testing.TB, speakers ...string) (p search.Fixed) {
	for _, s := range speakers {
		p = append(p, timbre.Profile{
			ID: s, Expires: time.Now().Add(timbre.ProfileLife),
			Voiceprint: c.voiceprint(t, s+"_enrol_caller.wav", 20*time.Second),
		})
	}
	return p
}

func TestEnrolledCallersAreRecognised(t *testing.T) {
	c := newChain(t)
	everyone := []string{"s1", "s2", "s3", "s4", "s5"}
	s := search.New(environment.Environment{}, search.Config{}, search.Deps{Source: c.enrol(t, everyone...), Calibration: c.calibration})
	for _, caller := range everyone {
		found, err := s.Search(t.Context(), "domain", c.voiceprint(t, caller+"_second_caller.wav", 10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		got := found.Matches
		if len(got) == 0 || got[0].ProfileID != caller {
			t.Errorf("second call of %s: got matches %v, want %s first", caller, got, caller)
		}
		t.Logf("second call of %s: %v", caller, got)
	}
}

func TestUnknownSpeakerMatchesNobody(t *testing.T) {
	c := newChain(t)
	everyone := []string{"s1", "s2", "s3", "s4", "s5"}
	all := c.enrol(t, everyone...)
	for i, unknown := range everyone {
		s := search.New(environment.Environment{}, search.Config{}, search.Deps{Source: append(append(search.Fixed{}, all[:i]...), all[i+1:]...), Calibration: c.calibration})
		found, err := s.Search(t.Context(), "domain", c.voiceprint(t, unknown+"_second_caller.wav", 10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		got := found.Matches
		t.Logf("%s, not enrolled: %v", unknown, got)
		if len(got) != 0 {
			t.Errorf("%s, not enrolled: got matches %v, want none", unknown, got)
		}
	}
}

func TestToneTicksEveryFiveSecondsAndSumsToOne(t *testing.T) {
	c := newChain(t)
	track, next, ticks := tone.NewTrack(c.scorer, nil), 5*time.Second, 0
	c.listen(t, "s4_second_caller.wav", func(s timbre.Speech) {
		track.Add(s)
		if s.At < next {
			return
		}
		current, overall, ok, err := track.Score(t.Context(), next)
		if err != nil {
			t.Fatal(err)
		}
		next += 5 * time.Second
		if !ok {
			return
		}
		ticks++
		for _, score := range []timbre.Tone{current, overall} {
			if sum := score.Positive + score.Neutral + score.Negative; sum < 0.999999 || sum > 1.000001 {
				t.Errorf("at %v: got %+v with a sum of %v, want 1", s.At, score, sum)
			}
		}
	})
	if ticks < 9 {
		t.Errorf("got %d ticks with a score in 59 s, want at least 9", ticks)
	}
	if got := track.SilentSince(); got < 58*time.Second {
		t.Errorf("got silence since %v, want at least 58 s", got)
	}
}

func TestShortAndSilentCallsLackNetSpeech(t *testing.T) {
	c := newChain(t)
	for file, want := range map[string]float64{"short_s2_caller.wav": 4.3, "silent_caller_caller.wav": 0} {
		var net time.Duration
		c.listen(t, file, func(s timbre.Speech) { net = s.Net })
		if got := net.Seconds(); got < want-0.1 || got > want+0.1 {
			t.Errorf("%s: got %v of speech, want %v s", file, net, want)
		}
	}
}

func TestManifestNamesEveryRecording(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(calls, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Calls []struct {
			Files map[string]struct{ File string }
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, c := range manifest.Calls {
		for _, f := range c.Files {
			n++
			if len(read(t, f.File)) == 0 {
				t.Errorf("%s: got no samples", f.File)
			}
		}
	}
	if n != 27 {
		t.Errorf("got %d recordings, want 27", n)
	}
}
