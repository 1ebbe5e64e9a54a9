package analyze

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"timbre/cmd/timbre/terminal"
)

// Report is the result of an analysis.
type Report struct {
	Files   []File  `json:"files"`
	Seconds float64 `json:"audioSeconds"`   // of all files
	Elapsed float64 `json:"elapsedSeconds"` // that the analysis took
	Speed   float64 `json:"speed"`          // multiple of real time
}

// File is one recording. With an error it has no legs.
type File struct {
	Name    string  `json:"file"`
	Error   string  `json:"error,omitempty"`
	Seconds float64 `json:"seconds"`
	Legs    []Leg   `json:"legs"`
}

// Leg is one channel of a recording.
type Leg struct {
	Side        string   `json:"side"` // caller and callee for two channels, mixed for one
	NetSpeech   float64  `json:"netSpeechSeconds"`
	NotAnalysed string   `json:"notAnalysed,omitempty"` // what else is on the leg
	Quality     Quality  `json:"quality"`
	Tone        Tone     `json:"tone"`
	Speaker     *Speaker `json:"speaker,omitempty"` // if a domain was searched
}

// Quality is that of the speech for speaker search.
type Quality struct {
	Verdict string   `json:"verdict"`           // good, or what is wrong
	Level   *float64 `json:"levelDb,omitempty"` // of the louder frames, of the whole range
	Above   *float64 `json:"snrDb,omitempty"`   // of the louder frames, above the quietest
	Clipped float64  `json:"clippedShare"`      // of samples at the limit
}

// Tone is the tone of a leg. Overall is absent if there was too little speech.
type Tone struct {
	Overall  *Score `json:"overall,omitempty"`
	OverTime []Span `json:"overTime,omitempty"`
}

// Span is the tone between two moments, in seconds.
type Span struct {
	Start float64 `json:"start"`
	End   float64 `json:"end"`
	Score
}

// Score is three scores that add up to 1, and the name of the highest.
type Score struct {
	Label    string  `json:"label"`
	Positive float64 `json:"positive"`
	Neutral  float64 `json:"neutral"`
	Negative float64 `json:"negative"`
}

// Speaker lists matching profiles. Without matches, Message gives the reason; with them, what limits them.
type Speaker struct {
	Matches []Match `json:"matches"`
	Message string  `json:"message,omitempty"`
}

// Match is a profile with the probability that the voice is of the same person.
type Match struct {
	ProfileID  string  `json:"profileId"`
	Confidence float64 `json:"confidence"`
}

// table is the report as text, one line per leg.
func (r Report) table(out terminal.Output) error {
	named := false
	for _, f := range r.Files {
		for _, l := range f.Legs {
			named = named || l.Speaker != nil
		}
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	head := "FILE\tLEG\tLENGTH\tSPEECH\tQUALITY\tTONE\tOVER TIME"
	if named {
		head += "\tSPEAKER"
	}
	fmt.Fprintln(t, head)
	for _, f := range r.Files {
		if f.Error != "" {
			fmt.Fprintf(t, "%s\t%s\n", f.Name, f.Error)
		}
		for _, l := range f.Legs {
			cells := []string{f.Name, l.Side, clock(f.Seconds), fmt.Sprintf("%.1f s", l.NetSpeech), l.quality(), l.Tone.words(), l.Tone.trail(out)}
			if l.Speaker != nil {
				cells = append(cells, l.Speaker.words())
			}
			fmt.Fprintln(t, strings.Join(cells, "\t"))
		}
	}
	return t.Flush()
}

// quality is the verdict on the speech, and what was left out of it.
func (l Leg) quality() string {
	if l.NotAnalysed == "" {
		return l.Quality.Verdict
	}
	return l.Quality.Verdict + "; " + l.NotAnalysed
}

func clock(seconds float64) string {
	return terminal.Clock(time.Duration(seconds * float64(time.Second)))
}

func (t Tone) words() string {
	if t.Overall == nil {
		return "too little speech"
	}
	return fmt.Sprintf("%s %.2f", t.Overall.Label, max(t.Overall.Positive, t.Overall.Neutral, t.Overall.Negative))
}

// trail has one sign per tone score.
func (t Tone) trail(out terminal.Output) string {
	signs := map[string]string{"positive": "+", "neutral": ".", "negative": "-"}
	if out.Unicode {
		signs["neutral"] = "·"
	}
	var b strings.Builder
	for _, s := range t.OverTime {
		b.WriteString(signs[s.Label])
	}
	return b.String()
}

func (s Speaker) words() string {
	if len(s.Matches) == 0 {
		return s.Message
	}
	words := fmt.Sprintf("%s %.3f", s.Matches[0].ProfileID, s.Matches[0].Confidence)
	if n := len(s.Matches) - 1; n > 0 {
		words += fmt.Sprintf(", %d more", n)
	}
	if s.Message != "" {
		words += "; " + s.Message
	}
	return words
}

// Summary is a line about the analysis as a whole.
func (r Report) Summary() string {
	return fmt.Sprintf("%s of audio in %.1f s: %.0f times faster than real time", clock(r.Seconds), r.Elapsed, r.Speed)
}
