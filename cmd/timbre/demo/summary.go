package demo

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"timbre/cmd/timbre/terminal"
)

// summarise prints the table of all calls.
func (s *story) summarise(context.Context) error {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "CALLER\tCALL\tIDENTIFIED AS\tCONFIDENCE\tAFTER\tCALLER TONE\tAGENT TONE\t\tLINE\tSTATUS MESSAGE")
	for _, c := range s.result.Calls {
		identified, confidence := "no match", ""
		if c.Identified != "" {
			identified, confidence = c.Identified, fmt.Sprintf("%.3f", c.Confidence)
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Caller, ordinal(c), identified, confidence, clock(c.AnsweredAfter),
			toneLabel(c.CallerTone), toneLabel(c.AgentTone), s.coloured(c.Right && c.Confirmed), c.Line, c.Message)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for line := range strings.Lines(text.String()) {
		s.say.line("%s", strings.TrimRight(line, " \n"))
	}
	s.say.put("")
	s.say.line("AFTER is the time into the call at which the result arrived. It takes 10 s of the caller's speech.")
	return nil
}

// ordinal says which of the caller's calls it is.
func ordinal(c CallResult) string {
	switch {
	case c.Caller == unknownCaller:
		return "only"
	case c.Second:
		return "second"
	}
	return "first"
}

func toneLabel(t ToneTrack) string {
	if t.Overall == nil {
		return "-"
	}
	return t.Overall.Label
}

func (s *story) coloured(right bool) string {
	if right {
		return s.cfg.Output.Paint(terminal.Green, "right")
	}
	return s.cfg.Output.Paint(terminal.Red, "WRONG")
}
