package speech_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models"
	"timbre/rtp/codec"
	"timbre/speech"
)

const calls = "../cmd/timbre/demo/calls"

// recording is a leg of a demo call, with the seconds of speech that an offline run of the VAD found in it.
type recording struct {
	File          string
	Seconds       float64
	SpeechSeconds float64 `json:"speech_seconds"`
}

func recordings(t *testing.T) map[string]recording {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(calls, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Calls []struct {
			ID    string
			Files map[string]recording
		}
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	all := map[string]recording{}
	for _, c := range manifest.Calls {
		for leg, r := range c.Files {
			all[c.ID+" "+leg] = r
		}
	}
	return all
}

func read(t testing.TB, file string) []int16 {
	t.Helper()
	channels, err := codec.ReadWAVFile(filepath.Join(calls, file))
	if err != nil {
		t.Fatal(err)
	}
	return channels[0]
}

func silero(t testing.TB) speech.VAD {
	t.Helper()
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	m := models.VAD()
	vad, err := r.Load(m, infer.Short)
	if err != nil {
		t.Fatal(err)
	}
	return vad
}

// The seconds of the manifest come from an offline run over whole files that drops very short pauses: a live count may differ by
// 2 %, and by a window for each turn. Up to 0.4 s more is right: the offline run keeps the state of the model through silence, and so
// misses the first syllables of some turns.
func TestNetSpeechOfDemoCallsMatchesManifest(t *testing.T) {
	all := recordings(t)
	if len(all) != 27 {
		t.Fatalf("got %d recordings, want 27", len(all))
	}
	vad := silero(t)
	for name, r := range all {
		var last timbre.Speech
		var passed int
		d := speech.NewDetector(vad, func(s timbre.Speech) { last = s; passed += len(s.PCM) })
		play(d, read(t, r.File))
		if err := d.Err(); err != nil {
			t.Fatal(err)
		}
		if more := last.Net.Seconds() - r.SpeechSeconds; more < -0.1-0.02*r.SpeechSeconds || more > 0.4+0.02*r.SpeechSeconds {
			t.Errorf("%s: got net speech %v, want %v s", name, last.Net, r.SpeechSeconds)
		}
		if math.Abs(last.At.Seconds()-r.Seconds) > 0.01 {
			t.Errorf("%s: got the end at %v, want %v s", name, last.At, r.Seconds)
		}
		if r.SpeechSeconds == 0 && (last.Net != 0 || passed != 0) {
			t.Errorf("%s: got %v of speech and %d samples in line noise, want none", name, last.Net, passed)
		}
	}
}

func play(d *speech.Detector, pcm []int16) {
	for i := 0; i < len(pcm); i += timbre.FrameSamples {
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: pcm[i:min(i+timbre.FrameSamples, len(pcm))]})
	}
	d.Flush()
}

// The legs of this call leak into each other at -12 and -15 dB. Without the gates the agent's voice on the caller's leg is 8 s of
// "speech".
func TestCrosstalkOfADemoCallIsDropped(t *testing.T) {
	near, far := read(t, "crosstalk_s4_caller.wav"), read(t, "crosstalk_s4_agent.wav")
	caller := [][2]float64{{1.37, 11.28}, {13.56, 24.2}, {27.88, 36.16}}
	var mine, others float64 // seconds that pass
	var last time.Duration
	d := speech.NewDetector(silero(t), func(s timbre.Speech) {
		if s.Net > last {
			at := s.At.Seconds()
			if slices.ContainsFunc(caller, func(turn [2]float64) bool { return at > turn[0] && at < turn[1]+0.3 }) {
				mine += (s.Net - last).Seconds()
			} else {
				others += (s.Net - last).Seconds()
			}
		}
		last = s.Net
	})
	d.Gates = speech.NewGates(speech.Origin{})
	for i := 0; i < len(near); i += timbre.FrameSamples {
		end := min(i+timbre.FrameSamples, len(near))
		d.Gates.Far(1, timbre.Frame{At: timbre.Duration(i), PCM: far[i:end]})
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: near[i:end]})
	}
	d.Flush()
	if mine < 25 || others > 1.5 {
		t.Errorf("got %.1f s of the caller and %.1f s of the agent, want at least 25 s and at most 1.5 s", mine, others)
	}
	t.Logf("%.1f s of the caller and %.1f s of the agent pass", mine, others)
}

func BenchmarkVoiceActivityOfOneLeg(b *testing.B) {
	pcm := read(b, "s1_enrol_caller.wav")
	vad := silero(b)
	for b.Loop() {
		play(speech.NewDetector(vad, func(timbre.Speech) {}), pcm)
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/timbre.Duration(len(pcm)).Seconds(), "rtf")
}

// What is scored ahead is what is scored window by window, to the bit.
func TestDemoCallsAreScoredAheadAsTheyAreHeardLive(t *testing.T) {
	vad, ok := silero(t).(speech.SequenceVAD)
	if !ok {
		t.Fatal("the model takes no sequences")
	}
	near, far := read(t, "s2_second_caller.wav"), read(t, "s2_second_agent.wav")
	var got, want []timbre.Speech
	d := speech.NewDetector(vad, func(s timbre.Speech) { want = append(want, s) })
	d.Gates = speech.NewGates(speech.Origin{})
	r := speech.NewRecorded(vad, speech.Config{}, func(s timbre.Speech) { got = append(got, s) })
	for i := 0; i < len(near); i += timbre.FrameSamples {
		end := min(i+timbre.FrameSamples, len(near))
		d.Gates.Far(1, timbre.Frame{At: timbre.Duration(i), PCM: far[i:end]})
		d.Frame(timbre.Frame{At: timbre.Duration(i), PCM: near[i:end]})
		if err := r.Frame(near[i:end], far[i:end]); err != nil {
			t.Fatal(err)
		}
	}
	d.Flush()
	if err := r.End(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %d windows of speech, %v, want the %d of a live leg", len(got), err, len(want))
	}
}
