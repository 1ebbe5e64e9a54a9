package evaluate

import (
	"encoding/csv"
	"io"
	"maps"
	"slices"
	"strconv"
)

// WriteScores writes the score of each comparison as CSV, with its conditions. A refused one has the reason in place of scores.
func WriteScores(w io.Writer, h Heard, by Calibration) error {
	columns := map[string]bool{}
	for _, c := range h.Comparisons {
		for name := range c.Conditions {
			columns[name] = true
		}
	}
	conditions := slices.Sorted(maps.Keys(columns))
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

func decimal(x float64) string { return strconv.FormatFloat(x, 'g', 9, 64) }
