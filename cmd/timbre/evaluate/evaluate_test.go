package evaluate

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/config"
	"timbre/environment"
	"timbre/evaluate/trial"
	"timbre/node"
	"timbre/search"
	"timbre/store/storetest"
)

// offline loads the models once for all tests, until the process ends.
var offline = sync.OnceValues(func() (*node.Offline, error) {
	return node.OpenOffline(context.Background(), environment.Environment{}, config.Defaults(), "")
})

func models(t *testing.T) *node.Offline {
	t.Helper()
	o, err := offline()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func ears(t *testing.T) Ears {
	t.Helper()
	o := models(t)
	return Ears{VAD: o.VAD, Speech: o.Speech, Embedder: o.Embedder}
}

func measure(t *testing.T) Measure {
	t.Helper()
	o := models(t)
	return Measure{
		Model: o.Model, Calibration: o.Calibration, Rule: search.Rule{Threshold: search.DefaultThreshold, Strangers: search.DefaultStrangers, Prior: search.DefaultPrior}, Draws: 100,
		NewSearcher: func(s search.Source) Searcher { return o.Search(s, o.Calibration, search.Rule{}) },
	}
}

var quiet = terminal.Output{Writer: &bytes.Buffer{}}

// demo is a leg of a demo call.
func demo(name string) string { return filepath.Join("..", "demo", "calls", name+"_caller.wav") }

// demoTrials compares the second call of each demo caller with all enrolments.
func demoTrials(t *testing.T) []trial.Trial {
	t.Helper()
	var text strings.Builder
	for test := 1; test <= 5; test++ {
		for enrol := 1; enrol <= 5; enrol++ {
			label := map[bool]string{true: "target", false: "nontarget"}[enrol == test]
			fmt.Fprintf(&text, "%s %s %s half=%d\n", demo(fmt.Sprintf("s%d_enrol", enrol)), demo(fmt.Sprintf("s%d_second", test)), label, test%2)
		}
	}
	trials, err := trial.ReadList(strings.NewReader(text.String()), "")
	if err != nil {
		t.Fatal(err)
	}
	return trials
}

func TestDemoCallersAreTold(t *testing.T) {
	h, err := ears(t).Trials(t.Context(), demoTrials(t), 20*time.Second, 10*time.Second, 2, quiet)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(t).Speaker(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if r.People != 5 || r.Enrolments != 5 || r.Tests != 5 || r.Overall.Targets != 5 || r.Overall.NonTargets != 20 {
		t.Fatalf("got %+v, want 5 people and 5 by 5 trials", r)
	}
	if r.Overall.EER.Value > 0.05 || r.Overall.Ranks.Top1.Value != 1 || r.Overall.Ranks.Profiles != 5 {
		t.Errorf("got %+v, want all of them found", r.Overall)
	}
	if n := r.Overall.Named; len(n) != 1 || n[0].Profiles != 1 || n[0].Tests != 5 {
		t.Errorf("got %+v, want searches of 1 profile: there are 4 others, too few for 5", n)
	}
	if len(r.Groups) != 1 || r.Groups[0].Condition != "half" || len(r.Groups[0].Rows) != 2 || r.Groups[0].Rows[1].Targets != 3 {
		t.Errorf("got %+v, want the two halves", r.Groups)
	}
	for _, v := range []*Voice{h.Comparisons[0].Enrolled, h.Comparisons[0].Tested} {
		if want := map[bool]time.Duration{true: 20 * time.Second, false: 10 * time.Second}[v == h.Comparisons[0].Enrolled]; v.Net < want || v.Net > want+time.Second {
			t.Errorf("%s: got %v of speech, want about %v", v.Name, v.Net, want)
		}
	}
	scoresMatch(t, h)
}

// The written scores are those that the figures are computed from.
func scoresMatch(t *testing.T, h Heard) {
	t.Helper()
	var b bytes.Buffer
	if err := WriteScores(&b, h, models(t).Calibration); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(rows) != 26 || !slices.Equal(rows[0][3:7], []string{"caller", "label", "cosine", "llr"}) {
		t.Fatalf("got %d rows, %v: %v", len(rows), err, rows[0])
	}
	for _, r := range rows[1:] {
		var cosine, llr float64
		_, err := fmt.Sscan(r[5]+" "+r[6], &cosine, &llr)
		if err != nil || math.Abs(cosine) > 1 || (r[4] == "target") != (r[2] == r[3]) {
			t.Errorf("got row %q, %v", r, err)
		}
	}
}

// folder has the demo callers as sub-folders, each with the beginnings of both calls.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i := 1; i <= 5; i++ {
		person := filepath.Join(dir, fmt.Sprintf("s%d", i))
		if err := os.Mkdir(person, 0o700); err != nil {
			t.Fatal(err)
		}
		for call, seconds := range map[string]int{"enrol": 26, "second": 20} {
			wav, err := os.ReadFile(demo(fmt.Sprintf("s%d_%s", i, call)))
			if err != nil {
				t.Fatal(err)
			}
			at := bytes.Index(wav, []byte("data")) + 8
			wav = wav[:at+seconds*timbre.SampleRate] // µ-law
			binary.LittleEndian.PutUint32(wav[at-4:], uint32(seconds*timbre.SampleRate))
			if err := os.WriteFile(filepath.Join(person, call+".wav"), wav, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// persons are the demo callers, with two recordings each.
func persons(t *testing.T) []trial.Person {
	t.Helper()
	people, err := trial.ReadFolder(folder(t), "")
	if err != nil {
		t.Fatal(err)
	}
	return people
}

func TestFolderIsCutIntoEnrolmentsAndTests(t *testing.T) {
	people := persons(t)
	h, err := ears(t).People(t.Context(), people[:2], Cut{20 * time.Second, []time.Duration{2 * time.Second, 4 * time.Second}, 2, false}, 2, quiet)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(t).Speaker(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if r.Enrolments != 2 || r.Tests != 8 || r.Overall.Targets != 8 || r.Overall.NonTargets != 8 {
		t.Errorf("got %d enrolments, %d tests, %+v, want 2 and 2 times 2 tests of 2 lengths", r.Enrolments, r.Tests, r.Overall.Count)
	}
	if g := r.Groups; len(g) != 1 || g[0].Condition != "seconds" || g[0].Rows[0].Value != "2" || g[0].Rows[1].Value != "4" {
		t.Errorf("got %+v, want both lengths", g)
	}
}

func TestPeopleWithTooLittleSpeechAreNamed(t *testing.T) {
	people := persons(t)
	people[1].Recordings = []trial.Recording{{File: demo("short_s2")}}
	h, err := ears(t).People(t.Context(), people[:2], Cut{20 * time.Second, []time.Duration{10 * time.Second}, 1, false}, 1, quiet)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.LeftOut) != 1 || h.LeftOut[0].Name != "s2" || !strings.Contains(h.LeftOut[0].Reason, "too little for an enrolment of 20 s") {
		t.Errorf("got %+v, want s2 left out", h.LeftOut)
	}
}

func TestRefusedRecordingIsAMiss(t *testing.T) {
	notes := filepath.Join(t.TempDir(), "notes.wav")
	if err := os.WriteFile(notes, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%[1]s %[2]s target\n%[1]s %[3]s nontarget\n%[1]s %[4]s nontarget\n%[3]s %[4]s target\n%[1]s %[5]s target\n",
		demo("s1_enrol"), demo("s1_second"), demo("s2_second"), demo("silent_caller"), notes)
	trials, err := trial.ReadList(strings.NewReader(text), "")
	if err != nil {
		t.Fatal(err)
	}
	h, err := ears(t).Trials(t.Context(), trials, 20*time.Second, 10*time.Second, 1, quiet)
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(t).Speaker(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Overall.Count; c.Targets != 3 || c.RefusedTargets != 2 || c.NonTargets != 2 || c.RefusedNonTargets != 1 {
		t.Errorf("got %+v, want two targets and a non-target refused", c)
	}
	if got := r.Overall.FRRAt1.Value; math.Abs(got-2.0/3) > 1e-9 {
		t.Errorf("got FRR %v, want 2/3: refused targets are misses", got)
	}
	if len(r.Refused) != 2 || r.Refused[0].Trials+r.Refused[1].Trials != 3 {
		t.Errorf("got %+v, want both recordings with their 3 trials", r.Refused)
	}
	var b bytes.Buffer
	if err := r.Text(&b); err != nil || !strings.Contains(b.String(), "not a WAV file") || !strings.Contains(b.String(), "too short") {
		t.Errorf("got %v:\n%s\nwant both reasons", err, b.String())
	}
}

func TestPipeIsAnUnreadableRecording(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.wav")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	if _, unreadable, err := readAll([]trial.Recording{{File: pipe}}); err != nil || !strings.Contains(unreadable, "not a regular file") {
		t.Errorf("got %q, %v, want it refused", unreadable, err)
	}
}

func TestNothingToMeasureIsAnError(t *testing.T) {
	h := Heard{Comparisons: []Comparison{{Target: true}}}
	if err := h.Suffices(); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("no trial of two people: got %v, want Invalid", err)
	}
	h.LeftOut = []Left{{"ann", "too short"}}
	if err := h.Suffices(); err == nil || !strings.Contains(err.Error(), "ann, for one: too short") {
		t.Errorf("got %v, want who was left out and why", err)
	}
	h.Comparisons = append(h.Comparisons, Comparison{})
	if err := h.Suffices(); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestMissingRecordingStopsTheEvaluation(t *testing.T) {
	trials := []trial.Trial{{Enrol: []string{demo("s1_enrol")}, Test: "nowhere.wav", Profile: "a", Caller: "b"}}
	if _, err := ears(t).Trials(t.Context(), trials, time.Second, time.Second, 1, quiet); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v, want NotFound", err)
	}
}

// fakeSearcher names a profile if the probability of the best one is above a half, as search.Searcher does at that threshold.
type fakeSearcher struct{ of search.Source }

func (f fakeSearcher) Search(ctx context.Context, id string, v timbre.Voiceprint) (found timbre.Finding, err error) {
	profiles, err := storetest.AllVoices(ctx, f.of, id, time.Now())
	best := 0.5
	for _, p := range profiles {
		if s := (Comparison{Enrolled: &Voice{Print: p.Voiceprint}, Tested: &Voice{Print: v}}).cosine(); s > best {
			best, found.Matches = s, []timbre.Match{{ProfileID: p.ID, Confidence: s}}
		}
	}
	return found, err
}

// plain is a calibration by which the probability grows with the score.
type plain struct{}

func (plain) LLR(score float64, _, _ timbre.Voiceprint) float64 { return 20 * (score - 0.5) }

// voices are n enrolments at right angles, and a test of each that is as near to its own as the cosine says.
func voices(n int, cosine float32) (h Heard) {
	at := func(i int, along float32) *Voice {
		e := make(timbre.Embedding, n+1)
		e[i], e[n] = along, float32(math.Sqrt(1-float64(along)*float64(along)))
		return &Voice{Name: fmt.Sprint(i), Print: timbre.Voiceprint{Embedding: e}}
	}
	var enrolled, tested []*Voice
	for i := range n {
		enrolled, tested = append(enrolled, at(i, 1)), append(tested, at(i, cosine))
	}
	for i, t := range tested {
		for k, e := range enrolled {
			h.Comparisons = append(h.Comparisons, Comparison{Enrolled: e, Tested: t, Profile: fmt.Sprint(k), Caller: fmt.Sprint(i), Target: i == k})
		}
	}
	return h
}

func TestSearchesOfEachSize(t *testing.T) {
	for name, c := range map[string]struct {
		cosine                           float32
		top1, identified, stranger, from float64
	}{
		"all alike themselves": {0.9, 1, 1, 0, 12},
		"below the threshold":  {0.3, 1, 0, 0, 12},
		"like somebody else":   {-0.1, 0, 0, 0, 12},
	} {
		t.Run(name, func(t *testing.T) {
			m := Measure{Calibration: plain{}, Draws: 20, NewSearcher: func(s search.Source) Searcher { return fakeSearcher{s} }}
			r, err := m.Speaker(t.Context(), voices(12, c.cosine))
			if err != nil {
				t.Fatal(err)
			}
			if r.Overall.Ranks.Top1.Value != c.top1 || len(r.Overall.Named) != 3 {
				t.Errorf("got %+v, want top 1 %v and sizes 1, 5, 10", r.Overall.Ranks, c.top1)
			}
			for _, n := range r.Overall.Named {
				if n.Identified.Value != c.identified || n.Strangers.Value != c.stranger || n.Misnamed.Value != 0 {
					t.Errorf("got %+v, want %v identified and no stranger", n, c.identified)
				}
			}
		})
	}
}

func TestManyNumbersArePutInRanges(t *testing.T) {
	values := map[string][]Comparison{}
	for i := range 40 {
		values[fmt.Sprint(float64(i)/2)] = make([]Comparison, 1)
	}
	got := ranges(values)
	if len(got) != 10 || len(got["18 to 20"]) != 4 {
		t.Errorf("got %d ranges, want ten of 2", len(got))
	}
	if got := ranges(map[string][]Comparison{"1": nil, "nan": nil, "2": nil, "3": nil, "4": nil, "5": nil, "6": nil, "7": nil, "8": nil, "9": nil, "10": nil, "11": nil, "12": nil, "13": nil}); len(got) != 14 || strings.Contains(fmt.Sprint(got), "NaN") {
		t.Errorf("a value that is no number: got %v, want the values as they are", got)
	}
	same := map[string][]Comparison{}
	for i := range 13 {
		same["5."+strings.Repeat("0", i)] = nil
	}
	if got := ranges(same); len(got) != 13 || strings.Contains(fmt.Sprint(got), "NaN") {
		t.Errorf("spellings of one number: got %v, want them as they are", got)
	}
	values["clean"] = nil
	if got := ranges(values); len(got) != 41 {
		t.Errorf("not all are numbers: got %d values, want them as they are", len(got))
	}
	names := []string{"10 to 20", "-5", "b", "2", "a"}
	slices.SortFunc(names, natural)
	if !slices.Equal(names, []string{"-5", "2", "10 to 20", "a", "b"}) {
		t.Errorf("got order %v", names)
	}
}
