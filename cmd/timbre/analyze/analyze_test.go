package analyze

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/cmd/timbre/demo/calls"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
	"timbre/rtp/codec"
)

// offline loads the models once for all tests, until the process ends.
var offline = sync.OnceValues(func() (*node.Offline, error) {
	return node.OpenOffline(context.Background(), environment.Environment{}, config.Defaults(), "")
})

// analysis has a clock that advances ten seconds with each reading.
func analysis(t testing.TB) Analysis {
	t.Helper()
	l, err := offline()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(0, 0)
	return Analysis{VAD: l.VAD, Speech: l.Speech, Scores: l.Scorer, Embedder: l.Embedder, Now: func() time.Time {
		now = now.Add(10 * time.Second)
		return now
	}}
}

// leg is one leg of a demo call.
func leg(t testing.TB, call, name string) []byte {
	t.Helper()
	c, err := calls.Find(call)
	if err != nil {
		t.Fatal(err)
	}
	audio, err := c.Leg(name)
	if err != nil {
		t.Fatal(err)
	}
	return audio
}

// wav writes a recording; its samples are interleaved already.
func wav(t testing.TB, name string, tag, channels, bits, rate int, data []byte) string {
	t.Helper()
	le := binary.LittleEndian
	f := le.AppendUint32([]byte("RIFF"), uint32(36+len(data)))
	f = le.AppendUint32(append(f, "WAVEfmt "...), 16)
	f = le.AppendUint16(le.AppendUint16(f, uint16(tag)), uint16(channels))
	f = le.AppendUint32(le.AppendUint32(f, uint32(rate)), uint32(rate*channels*bits/8))
	f = le.AppendUint16(le.AppendUint16(f, uint16(channels*bits/8)), uint16(bits))
	f = le.AppendUint32(append(f, "data"...), uint32(len(data)))
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, append(f, data...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func interleave(a, b []byte) (both []byte) {
	for i := range a {
		both = append(both, a[i], b[i])
	}
	return both
}

func files(t testing.TB, a Analysis, names ...string) Report {
	t.Helper()
	r, err := a.Files(t.Context(), names, terminal.Output{Writer: &bytes.Buffer{}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestStereoIsTwoMonoRecordings(t *testing.T) {
	caller, agent := leg(t, "s2_second", "caller"), leg(t, "s2_second", "agent")
	r := files(t, analysis(t), wav(t, "both.wav", 7, 2, 8, 8000, interleave(caller, agent)),
		wav(t, "caller.wav", 7, 1, 8, 8000, caller), wav(t, "agent.wav", 7, 1, 8, 8000, agent))
	both := r.Files[0].Legs
	if len(both) != 2 || both[0].Side != "caller" || both[1].Side != "callee" {
		t.Fatalf("%+v", both)
	}
	for i, l := range both {
		alone := r.Files[i+1].Legs[0]
		if alone.Side != "mixed" {
			t.Errorf("mono file: got side %s", alone.Side)
		}
		alone.Side = l.Side
		if !reflect.DeepEqual(l, alone) {
			t.Errorf("%s: got\n%+v in stereo, want\n%+v as in mono", l.Side, l, alone)
		}
	}
	c, err := calls.Find("s2_second")
	if err != nil {
		t.Fatal(err)
	}
	manifest := c.Files["caller"]
	if d := both[0].NetSpeech - manifest.Speech; math.Abs(d) > 0.1*manifest.Speech {
		t.Errorf("got %.1f s of speech, want about %.1f s", both[0].NetSpeech, manifest.Speech)
	}
	if both[0].Quality.Verdict != "good" || both[0].Tone.Overall == nil || both[0].Speaker != nil {
		t.Errorf("%+v", both[0])
	}
	if n, want := len(both[0].Tone.OverTime), int(r.Files[0].Seconds/5); n < want-2 || n > want+1 {
		t.Errorf("got %d tone scores in %.0f s", n, r.Files[0].Seconds)
	}
	for _, s := range both[0].Tone.OverTime {
		if sum := s.Positive + s.Neutral + s.Negative; math.Abs(sum-1) > 1e-6 || s.End <= s.Start || s.End-s.Start > 30+1e-6 {
			t.Errorf("%+v", s)
		}
	}
}

func TestFormatDoesNotChangeTheResult(t *testing.T) {
	law := leg(t, "short_s2", "caller")
	pcm := codec.ULaw.Decode(nil, law)
	linear := func(pcm []int16) (b []byte) {
		for _, s := range pcm {
			b = binary.LittleEndian.AppendUint16(b, uint16(s))
		}
		return b
	}
	wide := make([]int16, 0, 2*len(pcm))
	for i, s := range pcm {
		next := pcm[min(i+1, len(pcm)-1)]
		wide = append(wide, s, int16((int(s)+int(next))/2))
	}
	r := files(t, analysis(t), wav(t, "u.wav", 7, 1, 8, 8000, law), wav(t, "pcm.wav", 1, 1, 16, 8000, linear(pcm)),
		wav(t, "a.wav", 6, 1, 8, 8000, codec.ALaw.Encode(nil, pcm)), wav(t, "wide.wav", 1, 1, 16, 16000, linear(wide)))
	first := r.Files[0].Legs[0]
	if first.NetSpeech < 3 {
		t.Fatalf("%+v", first)
	}
	for _, f := range r.Files[1:] {
		if l := f.Legs[0]; math.Abs(l.NetSpeech-first.NetSpeech) > 0.3 || l.Quality.Verdict != "good" || math.Abs(f.Seconds-r.Files[0].Seconds) > 1e-3 {
			t.Errorf("%s: got %+v, want about %+v", f.Name, l, first)
		}
	}
	if exact := r.Files[1].Legs[0]; !reflect.DeepEqual(exact, first) {
		t.Errorf("16-bit PCM: got %+v, want %+v as from µ-law", exact, first)
	}
}

func TestUnreadableFileDoesNotStopTheOthers(t *testing.T) {
	good := wav(t, "good.wav", 7, 1, 8, 8000, leg(t, "short_s2", "caller"))
	text := filepath.Join(t.TempDir(), "notes.wav")
	if err := os.WriteFile(text, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	var status bytes.Buffer
	r, err := analysis(t).Files(t.Context(), []string{text, good + "x", wav(t, "slow.wav", 1, 2, 16, 7000, nil), good, wav(t, "empty.wav", 7, 1, 8, 8000, nil)},
		terminal.Output{Writer: &status})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"not a WAV file", "no such file", "7000 Hz is not supported", "", ""} {
		f := r.Files[i]
		if (f.Error == "") != (want == "") || !strings.Contains(f.Error, want) || (want == "") != (len(f.Legs) == 1) {
			t.Errorf("%s: %+v", f.Name, f)
		}
	}
	if l := r.Files[4].Legs[0]; l.NetSpeech != 0 || l.Tone.Overall != nil || !strings.HasPrefix(l.Quality.Verdict, "too short") {
		t.Errorf("empty file: got %+v, want no speech", l)
	}
	if err := r.Failed(); timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), "3 of 5") {
		t.Error(err)
	}
	if !strings.Contains(status.String(), "good.wav (4 of 5)") {
		t.Errorf("status %q", status.String())
	}
	if err := (Report{Files: []File{{}}}).Failed(); err != nil {
		t.Error(err)
	}
}

func TestReportHasTheSpeedOfTheAnalysis(t *testing.T) {
	r := files(t, analysis(t), wav(t, "good.wav", 7, 1, 8, 8000, make([]byte, 80000)))
	if r.Seconds != 10 || r.Elapsed != 10 || r.Speed != 1 {
		t.Errorf("%+v", r)
	}
	if s := (Report{Seconds: 100, Elapsed: 2, Speed: 50}).Summary(); s != "1:40 of audio in 2.0 s: 50 times faster than real time" {
		t.Error(s)
	}
}

func TestInterruptStopsTheAnalysis(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := analysis(t).Files(ctx, []string{wav(t, "a.wav", 7, 1, 8, 8000, make([]byte, 800))}, terminal.Output{Writer: &bytes.Buffer{}})
	if err == nil {
		t.Error("got no error, want one")
	}
}

// fakeSearcher has one domain. It records the voiceprints that are searched.
type fakeSearcher struct {
	matches  []timbre.Match
	skipped  string
	err      error
	searched []timbre.Voiceprint
}

func (p *fakeSearcher) Search(_ context.Context, domain string, v timbre.Voiceprint) (timbre.Finding, error) {
	if domain != "the domain" {
		return timbre.Finding{}, timbre.Errorf(timbre.NotFound, "", "no such domain")
	}
	p.searched = append(p.searched, v)
	return timbre.Finding{Matches: p.matches, Sure: true, Skipped: p.skipped}, p.err
}

func TestSearchUsesTheSpeechOfAVoiceprint(t *testing.T) {
	long, short := wav(t, "long.wav", 7, 1, 8, 8000, leg(t, "s1_enrol", "caller")), wav(t, "short.wav", 7, 1, 8, 8000, leg(t, "short_s2", "caller"))
	p := &fakeSearcher{matches: []timbre.Match{{ProfileID: "vp-1", Confidence: 0.99}}}
	a := analysis(t)
	a.Searcher, a.Domain = p, "the domain"
	r := files(t, a, long, short)
	if s := r.Files[0].Legs[0].Speaker; s == nil || !slices.Equal(s.Matches, []Match{{"vp-1", 0.99}}) || s.Message != "" {
		t.Errorf("%+v", s)
	}
	if len(p.searched) != 1 || p.searched[0].Net < 20*time.Second || p.searched[0].Net > 21*time.Second || len(p.searched[0].Embedding) == 0 {
		t.Errorf("got searches %+v, want one of 20 s", p.searched)
	}
	if s := r.Files[1].Legs[0].Speaker; len(s.Matches) != 0 || !strings.Contains(s.Message, "too little") {
		t.Errorf("short recording: got %+v, want no match and the reason", s)
	}
	p.matches = nil
	if s := files(t, a, long).Files[0].Legs[0].Speaker; s.Message != "nobody in the domain" {
		t.Errorf("unknown caller: got %+v", s)
	}
	p.skipped = "all are of another model"
	if s := files(t, a, long).Files[0].Legs[0].Speaker; s.Message != "nobody in the domain; all are of another model" {
		t.Errorf("profiles of another model: got %+v", s)
	}
	p.err = timbre.Errorf(timbre.Internal, "", "the disk fails")
	if _, err := a.Files(t.Context(), []string{long}, terminal.Output{Writer: &bytes.Buffer{}}); err == nil {
		t.Error("failing search: got no error, want one")
	}
}

// A recording is heard as a call is: what the other leg says is not taken for the party.
func TestEchoOfTheOtherLegIsNotAnalysed(t *testing.T) {
	agent := codec.ULaw.Decode(nil, leg(t, "s1_enrol", "agent"))
	echo := make([]int16, len(agent))
	for i := 400; i < len(echo); i++ { // 50 ms later, 20 dB below
		echo[i] = agent[i-400] / 10
	}
	near, far := codec.ULaw.Encode(nil, echo), codec.ULaw.Encode(nil, agent)
	r := files(t, analysis(t), wav(t, "call.wav", 7, 2, 8, 8000, interleave(near, far)), wav(t, "leg.wav", 7, 1, 8, 8000, near))
	call, alone := r.Files[0].Legs[0], r.Files[1].Legs[0]
	if alone.NetSpeech < 3 || call.NetSpeech > alone.NetSpeech/10 {
		t.Errorf("got %.1f s of speech beside the other leg and %.1f s without it, want next to nothing", call.NetSpeech, alone.NetSpeech)
	}
	if !strings.Contains(call.NotAnalysed, "s of echo") || alone.NotAnalysed != "" {
		t.Errorf("got %q not analysed beside the other leg and %q without it, want the echo", call.NotAnalysed, alone.NotAnalysed)
	}
}

func TestANameOfTwoVoicesSaysSo(t *testing.T) {
	one, other := leg(t, "s1_enrol", "caller"), leg(t, "s5_enrol", "caller")
	var both []byte
	for at := 0; len(both) < 40*8000; at += 3 * 8000 {
		both = append(append(both, one[at:at+3*8000]...), other[at:at+3*8000]...)
	}
	a := analysis(t)
	a.Searcher, a.Domain = &fakeSearcher{matches: []timbre.Match{{ProfileID: "vp-1", Confidence: 0.99}}}, "the domain"
	s := files(t, a, wav(t, "both.wav", 7, 1, 8, 8000, both)).Files[0].Legs[0].Speaker
	if len(s.Matches) != 1 || !strings.Contains(s.Message, "two people speak") || !strings.Contains(s.words(), s.Message) {
		t.Errorf("got %+v, want a match and the warning", s)
	}
}

// fixture is a report with every member.
func fixture() Report {
	x, y := -20.5, 31.0
	s := Score{"neutral", 0.25, 0.5, 0.25}
	return Report{Seconds: 61, Elapsed: 0.5, Speed: 122, Files: []File{
		{Name: "a.wav", Seconds: 61, Legs: []Leg{
			{
				"caller", 30.5, "1.5 s of echo were not analysed",
				Quality{"good", &x, &y, 0.125},
				Tone{&s, []Span{{0, 10, s}, {0, 15, Score{"positive", 0.5, 0.25, 0.25}}}},
				&Speaker{Matches: []Match{{"vp-1", 0.984}, {"vp-2", 0.91}}},
			},
			{"callee", 0, "", Quality{Verdict: "too short: 0.0 s of speech"}, Tone{}, &Speaker{[]Match{}, "nobody in the domain"}},
		}},
		{Name: "b.wav", Error: "this is not a WAV file", Legs: []Leg{}},
	}}
}

// Programs parse this: names and structure do not change.
func TestJSONIsStable(t *testing.T) {
	var out bytes.Buffer
	if err := fixture().Print(terminal.Output{Writer: &out}, true); err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	const form = `{"audioSeconds": 61, "elapsedSeconds": 0.5, "speed": 122, "files": [
		{"file": "a.wav", "seconds": 61, "legs": [
			{"side": "caller", "netSpeechSeconds": 30.5, "notAnalysed": "1.5 s of echo were not analysed", "quality": {"verdict": "good", "levelDb": -20.5, "snrDb": 31, "clippedShare": 0.125},
				"tone": {"overall": {"label": "neutral", "positive": 0.25, "neutral": 0.5, "negative": 0.25}, "overTime": [
					{"start": 0, "end": 10, "label": "neutral", "positive": 0.25, "neutral": 0.5, "negative": 0.25},
					{"start": 0, "end": 15, "label": "positive", "positive": 0.5, "neutral": 0.25, "negative": 0.25}]},
				"speaker": {"matches": [{"profileId": "vp-1", "confidence": 0.984}, {"profileId": "vp-2", "confidence": 0.91}]}},
			{"side": "callee", "netSpeechSeconds": 0, "quality": {"verdict": "too short: 0.0 s of speech", "clippedShare": 0}, "tone": {},
				"speaker": {"matches": [], "message": "nobody in the domain"}}]},
		{"file": "b.wav", "seconds": 0, "error": "this is not a WAV file", "legs": []}]}`
	if err := json.Unmarshal([]byte(form), &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", out.String(), form)
	}
}

func TestTableHasOneLinePerLeg(t *testing.T) {
	for unicode, neutral := range map[bool]string{true: "·", false: "."} {
		var out bytes.Buffer
		if err := fixture().Print(terminal.Output{Writer: &out, Unicode: unicode}, false); err != nil {
			t.Fatal(err)
		}
		want := [][]string{
			{"FILE", "LEG", "LENGTH", "SPEECH", "QUALITY", "TONE", "OVER", "TIME", "SPEAKER"},
			{"a.wav", "caller", "1:01", "30.5", "s", "good;", "1.5", "s", "of", "echo", "were", "not", "analysed", "neutral", "0.50", neutral + "+", "vp-1", "0.984,", "1", "more"},
			{"a.wav", "callee", "1:01", "0.0", "s", "too", "short:", "0.0", "s", "of", "speech", "too", "little", "speech", "nobody", "in", "the", "domain"},
			{"b.wav", "this", "is", "not", "a", "WAV", "file"},
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if len(lines) != len(want) {
			t.Fatalf("got\n%s\nwant %d lines", out.String(), len(want))
		}
		for i, line := range lines {
			if !slices.Equal(strings.Fields(line), want[i]) {
				t.Errorf("line %d: got %q, want %q", i, line, want[i])
			}
		}
	}
}
