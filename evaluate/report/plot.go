package report

import (
	"fmt"
	"math"
	"strings"

	"timbre/evaluate/metric"
)

// The area of a plot in its picture.
const (
	left, right = 54.0, 408.0
	top, bottom = 12.0, 256.0
)

// Plot is a picture of curves, bars and dots; the page's template draws it.
type Plot struct {
	Title, About   string
	XLabel, YLabel string
	XTicks, YTicks []Tick
	Curves         []Curve
	Bars           []Bar
	Dots           []Dot
	Legend         []Key
	Diagonal       bool

	x, y func(float64) float64 // from values to places
}

// Tick is a mark of an axis.
type Tick struct {
	At   float64
	Text string
}

// Curve is a line through points.
type Curve struct{ Class, Points string }

// Bar is a rectangle.
type Bar struct {
	Class               string
	X, Y, Width, Height float64
	About               string
}

// Dot is a point, with a vertical interval if it has a height.
type Dot struct {
	Class             string
	X, Y, Low, Height float64
	About             string
}

// Key is a line of the legend.
type Key struct {
	Class, Text string
	Y           float64
}

// linear maps a range to another.
func linear(from, to, low, high float64) func(float64) float64 {
	return func(v float64) float64 { return low + (v-from)/(to-from)*(high-low) }
}

func (p *Plot) ticks(x, y []float64, text func(float64) string) {
	for _, v := range x {
		p.XTicks = append(p.XTicks, Tick{p.x(v), text(v)})
	}
	for _, v := range y {
		p.YTicks = append(p.YTicks, Tick{p.y(v), text(v)})
	}
}

// curve adds a line; its points are pairs of values.
func (p *Plot) curve(class string, points ...[2]float64) {
	var b strings.Builder
	for _, v := range points {
		fmt.Fprintf(&b, "%.1f,%.1f ", p.x(v[0]), p.y(v[1]))
	}
	p.Curves = append(p.Curves, Curve{class, strings.TrimSpace(b.String())})
}

// key adds a line to the legend, which begins below a place.
func (p *Plot) key(class, text string, below float64) {
	p.Legend = append(p.Legend, Key{class, text, below + 12 + 16*float64(len(p.Legend))})
}

func inPercent(v float64) string { return fmt.Sprintf("%g", math.Round(1e6*v)/1e4) }

// det is the detection error trade-off.
func (c Curves) det() Plot {
	axis := func(low, high float64) func(float64) float64 {
		scale := linear(metric.Deviate(0.0005), metric.Deviate(0.5), low, high)
		return func(rate float64) float64 { return scale(metric.Deviate(min(0.5, max(0.0005, rate)))) }
	}
	p := Plot{
		Title:  "Detection error trade-off",
		About:  "False rejections against false acceptances, over all thresholds, on normal deviate scales: the nearer to the lower left corner, the better. Rates below 0.05 % lie on the edge.",
		XLabel: "false acceptances, % of trials of two people", YLabel: "false rejections, % of trials of one person",
		x: axis(left, right), y: axis(bottom, top), Diagonal: true,
	}
	marks := []float64{0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4}
	p.ticks(marks, marks, inPercent)
	var points [][2]float64
	for i, r := range c.DET {
		if i > 0 { // a step: the acceptances fall first
			points = append(points, [2]float64{r.FAR, c.DET[i-1].FRR})
		}
		points = append(points, [2]float64{r.FAR, r.FRR})
	}
	p.curve("one", points...)
	return p
}

// reliability is what was said against what was true.
func (c Curves) reliability() Plot {
	p := Plot{
		Title:  "Reliability",
		About:  fmt.Sprintf("The probability that a comparison says, at equally many of both kinds, and how often it was true. Points on the line are honest; expected calibration error %.3f.", c.ECE),
		XLabel: "said, %", YLabel: "true, %",
		x: linear(0, 1, left, right), y: linear(0, 1, bottom, top), Diagonal: true,
	}
	marks := []float64{0, 0.2, 0.4, 0.6, 0.8, 1}
	p.ticks(marks, marks, inPercent)
	var points [][2]float64
	for _, b := range c.Reliability {
		points = append(points, [2]float64{b.Said, b.True})
		p.Dots = append(p.Dots, Dot{Class: "one", X: p.x(b.Said), Y: p.y(b.True), About: fmt.Sprintf("%.0f to %.0f %%: %d trials, said %.1f %%, true %.1f %%", 100*b.Low, 100*b.High, b.Trials, 100*b.Said, 100*b.True)})
	}
	p.curve("one", points...)
	return p
}

// histogram shows the scores of both kinds.
func (h Histogram) plot() Plot {
	p := Plot{
		Title:  "Scores",
		About:  "Calibrated log-likelihood ratios (natural logarithm), each kind as a share of its own. At 0 both are equally likely.",
		XLabel: "log-likelihood ratio", YLabel: "share, %", x: linear(h.Low, h.High, left, right),
	}
	shares := [][]float64{share(h.NonTargets), share(h.Targets)}
	most := 0.01
	for _, s := range shares {
		for _, v := range s {
			most = max(most, v)
		}
	}
	p.y = linear(0, most*1.05, bottom, top)
	for k, class := range []string{"two", "one"} {
		for i, v := range shares[k] {
			if v == 0 {
				continue
			}
			width := (h.High - h.Low) / float64(len(shares[k]))
			from := h.Low + width*float64(i)
			p.Bars = append(p.Bars, Bar{
				Class: class, X: p.x(from), Y: p.y(v), Width: p.x(from+width) - p.x(from) - 0.5, Height: bottom - p.y(v),
				About: fmt.Sprintf("%.1f to %.1f: %.1f %%", from, from+width, 100*v),
			})
		}
	}
	every := nice((h.High - h.Low) / 5)
	for v := math.Ceil(h.Low/every) * every; v <= h.High+every/1e6; v += every {
		p.XTicks = append(p.XTicks, Tick{p.x(v), fmt.Sprintf("%.3g", v)})
	}
	for v := 0.0; v < most; v += nice(most / 4) {
		p.YTicks = append(p.YTicks, Tick{p.y(v), inPercent(v)})
	}
	p.key("one", "one person", top)
	p.key("two", "two people", top)
	return p
}

func share(counts []int) []float64 {
	total := 0
	for _, n := range counts {
		total += n
	}
	out := make([]float64, len(counts))
	for i, n := range counts {
		out[i] = float64(n) / float64(max(1, total))
	}
	return out
}

// nice is the largest of 1, 2 and 5 times a power of ten that is not above a step.
func nice(step float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(step)))
	for _, k := range []float64{5, 2} {
		if k*power <= step {
			return k * power
		}
	}
	return power
}

// namedPlot shows what searches of each size answer.
func namedPlot(named []Named) Plot {
	most := max(2, float64(named[len(named)-1].Profiles))
	log := linear(0, math.Log(most), left+8, right-8)
	p := Plot{
		Title:  "Searches of N profiles",
		About:  "Share of searches by strangers that name a profile, and of searches by enrolled people that find them; with 95 % intervals over people.",
		XLabel: "profiles searched", YLabel: "share of searches, %",
		x: func(n float64) float64 { return log(math.Log(n)) }, y: linear(0, 1, bottom, top),
	}
	for _, v := range []float64{0, 0.2, 0.4, 0.6, 0.8, 1} {
		p.YTicks = append(p.YTicks, Tick{p.y(v), inPercent(v)})
	}
	series := []struct {
		class string
		of    func(Named) metric.Figure
	}{
		{"one", func(n Named) metric.Figure { return n.Identified }}, {"two", func(n Named) metric.Figure { return n.Strangers }},
	}
	for _, n := range named {
		p.XTicks = append(p.XTicks, Tick{p.x(float64(n.Profiles)), fmt.Sprint(n.Profiles)})
	}
	for _, s := range series {
		var points [][2]float64
		for _, n := range named {
			f := s.of(n)
			if math.IsNaN(f.Value) {
				continue
			}
			points = append(points, [2]float64{float64(n.Profiles), f.Value})
			p.Dots = append(p.Dots, Dot{Class: s.class, X: p.x(float64(n.Profiles)), Y: p.y(f.Value), Low: p.y(f.High), Height: p.y(f.Low) - p.y(f.High), About: percent(f) + " %"})
		}
		p.curve(s.class, points...)
	}
	p.key("one", "enrolled: identified", (top+bottom)/2) // most curves are near either edge
	p.key("two", "stranger: named", (top+bottom)/2)
	return p
}
