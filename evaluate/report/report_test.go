package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"

	"timbre/evaluate/metric"
)

var update = flag.Bool("update", false, "write the golden files anew")

func figure(v float64) metric.Figure { return metric.Figure{Value: v, Low: v / 2, High: v * 2} }

var unknown = metric.Figure{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}

// sample is a report with every kind of content.
func sample() Speaker {
	row := Row{
		Value: "<gsm>", Count: metric.Count{Targets: 4, NonTargets: 20, RefusedTargets: 1},
		Figures: metric.Figures{EER: figure(0.02), FRRAt1: figure(0.03), FRRAt01: figure(0.1), MinDCF: figure(0.2), Cllr: figure(0.15), MinCllr: figure(0.1)},
		Cosine:  Raw{EER: figure(0.025), FRRAt1: figure(0.04), FRRAt01: unknown},
		Ranks:   Ranks{Tests: 4, Profiles: 5, Top1: figure(0.4), Top10: figure(0.5)},
		Named: []Named{
			{Profiles: 1, Tests: 4, Strangers: figure(0.001), Identified: figure(0.45), Misnamed: figure(0)},
			{Profiles: 10, Tests: 4, Strangers: figure(0.004), Identified: figure(0.4), Misnamed: unknown},
		},
	}
	overall := row
	overall.Value = ""
	return Speaker{
		Title: "people & others", Model: "net 1", Calibration: "of the model", Threshold: 0.9, Strangers: 0.01, ExpectedShare: 0.5,
		Protocol: Protocol{EnrolSeconds: 20, TestSeconds: []float64{3, 10}, Draws: 1000, Prior: 0.01},
		People:   5, Enrolments: 5, Tests: 5, SecondVoices: 1, Overall: overall,
		Groups: []Group{{"codec", []Row{row}}},
		Curves: Curves{
			DET:         []Rates{{-3, 0, 1}, {-1, 0.05, 0.2}, {2, 0.3, 0.001}},
			Reliability: []metric.Bin{{Low: 0, High: 0.1, Said: 0.03, True: 0.04, Trials: 18}, {Low: 0.9, High: 1, Said: 0.98, True: 0.97, Trials: 6}},
			ECE:         0.012,
			Histogram:   Histogram{-15, 15, []int{0, 0, 3}, []int{18, 2, 0}},
		},
		Refused: []Refused{{"x.wav", "too short: 0.4 s of speech", 3}},
		LeftOut: []Left{{"Zoë", "9.2 s of speech"}},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	name = "testdata/" + name
	if *update {
		if err := os.WriteFile(name, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got\n%s\nrun with -update if that is right", name, got)
	}
}

func TestJSONIsAsBefore(t *testing.T) {
	var b bytes.Buffer
	if err := JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "speaker.json", b.Bytes())
	var back map[string]any
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
}

func TestTextIsAsBefore(t *testing.T) {
	var b bytes.Buffer
	if err := sample().Text(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "speaker.txt", b.Bytes())
}

func html(t *testing.T, s Speaker) string {
	t.Helper()
	var b bytes.Buffer
	if err := s.HTML(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageLoadsNothing(t *testing.T) {
	page := html(t, sample())
	for _, forbidden := range []string{"<script", "src=", "href=", "url(", "@import", "http"} {
		if strings.Contains(page, forbidden) {
			t.Errorf("got %q in the page, want it to load nothing", forbidden)
		}
	}
	for _, want := range []string{
		"people &amp; others", "&lt;gsm&gt;", "2.0 <small>1.0–4.0</small>", "0.150", "Zoë", "too short: 0.4 s of speech",
		"Detection error trade-off", "Reliability", "Scores", "Searches of N profiles", "prefers-color-scheme: dark",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("got a page without %q", want)
		}
	}
}

var picture = regexp.MustCompile(`(?s)<svg.*?</svg>`)

func TestPlotsAreWellFormedAndWithinTheirPictures(t *testing.T) {
	pictures := picture.FindAllString(html(t, sample()), -1)
	if len(pictures) != 4 {
		t.Fatalf("got %d plots, want 4", len(pictures))
	}
	for _, p := range pictures {
		for d := xml.NewDecoder(strings.NewReader(p)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%v in %s", err, p)
			}
		}
		if strings.Contains(p, "NaN") || strings.Contains(p, "Inf") {
			t.Errorf("got a number that is none in %s", p)
		}
	}
	for _, plot := range []Plot{sample().Curves.det(), sample().Curves.reliability(), sample().Curves.Histogram.plot(), namedPlot(sample().Overall.Named)} {
		for _, d := range plot.Dots {
			if d.X < left || d.X > right || d.Y < top || d.Y > bottom || d.Low < 0 || d.Low+d.Height > bottom+0.1 {
				t.Errorf("%s: got dot %+v outside", plot.Title, d)
			}
		}
		for _, b := range plot.Bars {
			if b.X < left-0.1 || b.X+b.Width > right+0.1 || b.Y < top-0.1 || b.Height < 0 {
				t.Errorf("%s: got bar %+v outside", plot.Title, b)
			}
		}
	}
}

// A report without any score has a page too.
func TestEmptyReportHasAPage(t *testing.T) {
	s := Speaker{Overall: Row{Figures: metric.Figures{EER: unknown, FRRAt1: unknown, FRRAt01: unknown, MinDCF: unknown, Cllr: unknown, MinCllr: unknown}}}
	s.Curves.Histogram = Histogram{-15, 15, []int{0}, []int{0}}
	if page := html(t, s); !strings.Contains(page, "<td>–</td>") || strings.Contains(page, "NaN") {
		t.Errorf("got %s, want dashes", page)
	}
}

// toneSample is a report on tone with every kind of content.
func toneSample() Tone {
	row := ToneRow{
		Value: "x", Recordings: []int{2, 3, 4},
		Classes: metric.Classes{UAR: figure(0.6), Recall: []metric.Figure{figure(0.5), figure(0.6), unknown}, AUC: figure(0.4), ECE: figure(0.05)},
		Plain:   figure(0.45), PlainLooks: 30, Steady: figure(0.4), Pairs: 20,
	}
	return Tone{
		Title: "calls", Model: "tone 1", Tones: []string{"positive", "neutral", "negative"}, Draws: 1000, People: 5, Recordings: 9,
		Overall: row, Groups: []ToneGroup{{"set", []ToneRow{row}}}, Confusion: [][]int{{1, 1, 0, 0}, {0, 2, 1, 0}, {0, 0, 3, 1}},
		Reliability: []metric.Bin{{Low: 0.5, High: 0.6, Said: 0.55, True: 0.5, Trials: 8}},
		Histogram:   Histogram{0, 1, []int{1, 2}, []int{4, 1}}, Refused: []Refused{{"y.wav", "too short: 1.0 s of speech", 1}},
	}
}

func TestToneIsAsBefore(t *testing.T) {
	var text, doc, page bytes.Buffer
	if err := errors.Join(toneSample().Text(&text), JSON(&doc, toneSample()), toneSample().HTML(&page)); err != nil {
		t.Fatal(err)
	}
	golden(t, "tone.txt", text.Bytes())
	golden(t, "tone.json", doc.Bytes())
	for _, want := range []string{"<h1>Tone: calls</h1>", "too short: 1.0 s of speech", "Scores of negative", "60.0 <small>"} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("got a page without %q", want)
		}
	}
	if n := len(picture.FindAllString(page.String(), -1)); n != 2 || strings.Contains(page.String(), "NaN") {
		t.Errorf("got %d plots, want 2 without NaN", n)
	}
}
