package demo

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"timbre/cmd/timbre/terminal"
)

// bars are the eight heights of a chart, from negative to positive, and the sign for too little speech.
type bars struct {
	heights [8]rune
	gap     rune
}

var (
	blocks  = bars{[8]rune{'▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'}, '·'}
	letters = bars{[8]rune{'1', '2', '3', '4', '5', '6', '7', '8'}, '.'}
)

// chartTone shows the tone of both legs of the second calls over time.
func (s *story) chartTone(context.Context) error {
	with := letters
	if s.cfg.Output.Unicode {
		with = blocks
	}
	for _, c := range s.result.Calls {
		if !c.Second {
			continue
		}
		n := columns(c)
		s.say.line("%-10s  caller  %s  %s", c.Caller, with.chart(c.CallerTone.Points, n), overall(c.CallerTone))
		s.say.line("%-10s  agent   %s  %s", "", with.chart(c.AgentTone.Points, n), overall(c.AgentTone))
	}
	s.say.put("")
	s.say.line("One column is 5 s of the call and shows the 30 s before it: %c more negative, %c more positive, %c too little speech.",
		with.heights[0], with.heights[7], with.gap)
	s.say.line("The voices are synthetic and do not act: the chart shows that tone is measured, not how accurately.")
	return nil
}

// columns is how many columns the chart of a call needs.
func columns(c CallResult) (n int) {
	for _, p := range append(append([]TonePoint(nil), c.CallerTone.Points...), c.AgentTone.Points...) {
		n = max(n, column(p.At)+1)
	}
	return n
}

// column is the column of a point: the first five seconds are in the first one.
func column(at float64) int { return max(0, int(math.Round(at/toneEvery.Seconds()))-1) }

// chart draws points into n columns. A later point of a column wins.
func (b bars) chart(points []TonePoint, n int) string {
	line := []rune(strings.Repeat(string(b.gap), n))
	for _, p := range points {
		if i := column(p.At); i < n {
			line[i] = b.height((p.Positive - p.Negative) / full)
		}
	}
	return string(line)
}

// full is the difference between the positive and the negative score that fills a bar or empties it. Most speech on the phone
// stays within it.
const full = 0.5

// height is the bar of a value from -1 to 1.
func (b bars) height(v float64) rune {
	return b.heights[max(0, min(7, int(math.Floor((v+1)/2*8))))]
}

func overall(t ToneTrack) string {
	if t.Overall == nil {
		return "too little speech"
	}
	return fmt.Sprintf("overall %s (+%.2f, -%.2f)", t.Overall.Label, t.Overall.Positive, t.Overall.Negative)
}

func clock(seconds float64) string {
	return terminal.Clock(time.Duration(seconds * float64(time.Second)))
}
