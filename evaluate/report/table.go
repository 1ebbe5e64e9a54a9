package report

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"timbre/evaluate/metric"
)

// Text writes a report as tables.
func (s Speaker) Text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	o := s.Overall
	fmt.Fprintf(t, "%d people, %d enrolments, %d tests: %d trials of one person and %d of two\n", s.People, s.Enrolments, s.Tests, o.Targets, o.NonTargets)
	fmt.Fprintf(t, "model %s, calibration %s, least probability %.2f, strangers named at most %g %%, callers enrolled %g %%; with 95 %% intervals over people\n\n", s.Model, s.Calibration, s.Threshold, 100*s.Strangers, 100*s.ExpectedShare)
	fmt.Fprintln(t, "\tEER %\tFRR % at FAR 1 %\tat 0.1 %\tminDCF\tCllr\tmin\tTOP 1 %\tTOP 10 %\tTARGETS\tOTHERS\tREFUSED")
	s.Overall.line(t, "all")
	for _, g := range s.Groups {
		for _, r := range g.Rows {
			r.line(t, g.Condition+" "+r.Value)
		}
	}
	fmt.Fprintf(t, "cosine alone\t%s\t%s\t%s\n", percent(o.Cosine.EER), percent(o.Cosine.FRRAt1), percent(o.Cosine.FRRAt01))
	if len(o.Named) > 0 {
		fmt.Fprintf(t, "\nPROFILES\tSTRANGERS NAMED %%\tIDENTIFIED %%\tMISNAMED %%\n")
	}
	for _, n := range o.Named {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\n", n.Profiles, percent(n.Strangers), percent(n.Identified), percent(n.Misnamed))
	}
	if s.SecondVoices > 0 {
		fmt.Fprintf(t, "\nIn %d of %d recordings a second voice was heard and left out.\n", s.SecondVoices, s.Enrolments+s.Tests)
	}
	s.silent(t)
	return t.Flush()
}

func (r Row) line(w io.Writer, name string) {
	fmt.Fprintf(w, "%s\n", strings.Join([]string{
		name, percent(r.EER), percent(r.FRRAt1), percent(r.FRRAt01), plain(r.MinDCF), plain(r.Cllr), plain(r.MinCllr),
		percent(r.Ranks.Top1), percent(r.Ranks.Top10), fmt.Sprint(r.Targets), fmt.Sprint(r.NonTargets), fmt.Sprint(r.RefusedTargets + r.RefusedNonTargets),
	}, "\t"))
}

// silent lists who was refused or left out.
func (s Speaker) silent(w io.Writer) {
	if len(s.Refused) > 0 {
		fmt.Fprintf(w, "\nRefused: no voiceprint could be made; each trial of one person counts as a miss.\n")
	}
	for _, r := range s.Refused {
		fmt.Fprintf(w, "%s\t%s\t%d trials\n", r.Name, r.Reason, r.Trials)
	}
	if len(s.LeftOut) > 0 {
		fmt.Fprintf(w, "\nLeft out:\n")
	}
	for _, l := range s.LeftOut {
		fmt.Fprintf(w, "%s\t%s\n", l.Name, l.Reason)
	}
}

// percent is a share with its interval, in percent.
func percent(f metric.Figure) string {
	switch {
	case math.IsNaN(f.Value):
		return "–"
	case math.IsNaN(f.Low):
		return fmt.Sprintf("%.1f", 100*f.Value)
	}
	return fmt.Sprintf("%.1f (%.1f–%.1f)", 100*f.Value, 100*f.Low, 100*f.High)
}

// plain is a value without its interval.
func plain(f metric.Figure) string {
	if math.IsNaN(f.Value) {
		return "–"
	}
	return fmt.Sprintf("%.3f", f.Value)
}
