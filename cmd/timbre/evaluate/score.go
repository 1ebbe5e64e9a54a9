package evaluate

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"timbre/evaluate/trial"
)

// WriteScores writes the score of each comparison as CSV, with its conditions. A refused one has the reason in place of scores.
func WriteScores(w io.Writer, h Heard, by Calibration) error {
	conditions := columns(h.Comparisons, func(c Comparison) map[string]string { return c.Conditions })
	out := csv.NewWriter(w)
	_ = out.Write(append([]string{"enrol", "test", "profile", "caller", "label", "cosine", "llr", "enrol_net_s", "test_net_s", "refused"}, conditions...))
	for _, c := range h.Comparisons {
		label, cosine, llr := "nontarget", "", ""
		if c.Target {
			label = "target"
		}
		if c.refused() == "" {
			cosine, llr = decimal(c.cosine()), decimal(c.llr(by))
		}
		row := []string{
			c.Enrolled.Name, c.Tested.Name, c.Profile, c.Caller, label, cosine, llr,
			decimal(c.Enrolled.Net.Seconds()), decimal(c.Tested.Net.Seconds()), c.refused(),
		}
		for _, name := range conditions {
			row = append(row, c.Conditions[name])
		}
		_ = out.Write(row) // Flush keeps the error
	}
	out.Flush()
	return out.Error()
}

// WriteTones writes the overall tone of each recording as CSV, with its conditions. A refused one has the reason in place of scores.
func WriteTones(w io.Writer, all []Toned) error {
	conditions := columns(all, func(t Toned) map[string]string { return t.Conditions })
	out := csv.NewWriter(w)
	_ = out.Write(append([]string{"file", "tone", "speaker", "positive", "neutral", "negative", "net_s", "looks", "refused"}, conditions...))
	for _, t := range all {
		row := []string{strings.Join(t.Files, "|"), trial.Tones[t.Tone], t.Person, "", "", "", decimal(t.Net.Seconds()), "", t.Refused}
		if t.Overall != nil {
			row[3], row[4], row[5] = decimal(t.Overall.Positive), decimal(t.Overall.Neutral), decimal(t.Overall.Negative)
		}
		for _, look := range t.Looks {
			row[7] = strings.TrimSpace(row[7] + " " + look.Label())
		}
		for _, name := range conditions {
			row = append(row, t.Conditions[name])
		}
		_ = out.Write(row) // Flush keeps the error
	}
	out.Flush()
	return out.Error()
}

// columns are the names of all conditions, sorted.
func columns[T any](items []T, conditions func(T) map[string]string) []string {
	names := map[string]bool{}
	for _, x := range items {
		for name := range conditions(x) {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', 9, 64) }
