package demo

import (
	"testing"
)

func points(values ...float64) (p []TonePoint) {
	for i, v := range values {
		if v > -2 {
			p = append(p, TonePoint{At: 5 + 5*float64(i), Scores: Scores{Positive: max(v, 0), Negative: max(-v, 0)}})
		}
	}
	return p
}

const none = -9

func TestChart(t *testing.T) {
	for _, c := range []struct {
		points       []TonePoint
		n            int
		unicode, raw string
	}{
		{nil, 3, "···", "..."},
		{points(-1, -0.25, 0, 0.25, 0.5), 5, "▁▃▅▇█", "13578"},
		{points(none, 0, none, -0.4), 5, "·▅·▁·", ".5.1."},
		{append(points(1), TonePoint{At: 6}), 1, "▅", "5"}, // the later point of a column wins
		{points(0, 0, 1), 2, "▅▅", "55"},                   // excess points are dropped
		{[]TonePoint{{At: 0.1}}, 1, "▅", "5"},              // an early point is in the first column
		{points(7, -1.9), 2, "█▁", "81"},                   // invalid scores are clipped
	} {
		t.Run(c.raw, func(t *testing.T) {
			if got := blocks.chart(c.points, c.n); got != c.unicode {
				t.Errorf("got %s, want %s", got, c.unicode)
			}
			if got := letters.chart(c.points, c.n); got != c.raw {
				t.Errorf("got %s, want %s", got, c.raw)
			}
		})
	}
	if n := columns(CallResult{CallerTone: ToneTrack{Points: points(0, 0)}, AgentTone: ToneTrack{Points: points(0, 0, 0)}}); n != 3 {
		t.Errorf("got %d columns, want 3", n)
	}
}
