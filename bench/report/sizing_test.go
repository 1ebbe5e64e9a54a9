package main

import (
	"slices"
	"strings"
	"testing"
)

func TestSizingFollowsFromTheFigures(t *testing.T) {
	r := report{
		"media":    {Values: []value{{received, "", 1000}, {"memory a call", "KB", 512}}},
		"churn":    {Values: []value{{"memory at rest", "MB", 200}}},
		"startup":  {Values: []value{{"memory at most", "MB", 5000}}},
		"analysis": {Values: []value{{"analysed legs a core", "", 50}, {"10 calls: memory at most", "MB", 300}, {"10 calls: length", "s", 180}}},
		"names":    {Values: []value{{"50 legs: analysed legs a core", "", 25}, {"50 legs: length of a call", "s", 30}}},
		"search":   {Values: []value{{"processor time", "ms", 0.5}}},
		"api":      {Values: []value{{"StartSpeakerSearchTask a core and second", "", 1000}}},
	}
	page := string(r.sizing())
	for _, want := range []string{
		"| searches a second, among 20,000 profiles | 2000 |",                  // what a core carries
		"| calls recorded at a time, of two legs | 200 | 0.40 |\n",             // of the contact centre
		"| legs analysed at a time, two of a call | 400 | 12.80 |\n",           // 32 ms a second of a call
		"begun a second, with a name and a voiceprint each | 0.667 | 1.92 |\n", // 1.44 s a call
		"| calls begun and ended a second | 0.667 | not measured |\n",
		"| tasks begun a second | 1.33 | 0.00 |\n",
		"| all | | not measured |\n\nMemory: 2400 MB.\n", // 200 at rest, 100 of recorded calls, 2,000 of analysed ones, 100 of profiles
	} {
		if !strings.Contains(page, want) {
			t.Errorf("got %s, want a line %s", page, want)
		}
	}
}

func TestSizingAddsUpWhatIsMeasured(t *testing.T) {
	r := report{}
	for _, w := range works {
		m := r[w.part]
		m.Values = append(m.Values, value{w.figure, "", 100})
		r[w.part] = m
	}
	r["analysis"] = measured{Values: append(r["analysis"].Values, value{"10 calls: length", "s", 180})}
	r["names"] = measured{Values: []value{{"50 legs: analysed legs a core", "", 50}, {"50 legs: length of a call", "s", 30}}}
	// 200 calls, 400 legs at 8 ms, 2 / 3 calls a second at 100 ms and at 0.72 s, 4 / 3 tasks, and 2 / 3 searches at 100 ms, twice
	if page := string(r.sizing()); !strings.Contains(page, "| all | | 11.7 |\n") {
		t.Errorf("got %s, want 11.7 cores", page)
	}
}

func TestSizingTakesFiguresThatAreMeasured(t *testing.T) {
	measured := func(name, figureName string) bool {
		return slices.ContainsFunc(parts, func(p part) bool {
			return p.name == name && slices.ContainsFunc(p.figures, func(f figure) bool { return f.name == figureName })
		})
	}
	for _, w := range works {
		if !measured(w.part, w.figure) {
			t.Errorf("%s: no part %q has the figure %q", w.name, w.part, w.figure)
		}
	}
	for part, figureName := range map[string]string{"analysis": "10 calls: length", "names": short + " length of a call"} {
		if !measured(part, figureName) {
			t.Errorf("no part %q has the figure %q", part, figureName)
		}
	}
	for _, m := range memories {
		if !measured(m.part, m.figure) {
			t.Errorf("%s: no part %q has the figure %q", m.name, m.part, m.figure)
		}
	}
}
