package main

import (
	"bytes"
	"fmt"
)

// headroom is how many times the cores that the figures ask for are planned: calls come in bunches.
const headroom = 2

// work is something that a core carries so much of, at a time or a second.
type work struct {
	name         string
	part, figure string
	of           func(deployment) float64 // how much of it a deployment has
	carried      func(figure float64) float64
	fitted       func(r report) float64 // what a core carries, where more than one figure says it
}

// deployment is what is to be carried.
type deployment struct {
	name     string
	calls    float64 // at a time, of two legs each
	analysed float64 // the share of them whose caller is sought and whose tone is told
	length   float64 // of a call, in seconds
	profiles float64 // of the domain that is searched
}

var deployments = []deployment{
	{"an office", 20, 1, 180, 1000},
	{"a contact centre", 200, 1, 300, 20_000},
	{"a carrier that has one call in ten analysed", 1000, 0.1, 120, 100_000},
}

func (d deployment) begun() float64 { return d.calls / d.length }

// perSecond is how many of what takes so many milliseconds a core does.
func perSecond(ms float64) float64 { return 1000 / ms }

// searched is the number of profiles that searches were measured with: a search takes time in proportion to it.
const searched = 20_000

// received is the figure of recorded calls that counts what the kernel does for them on both sides of the loopback: more than a server pays, never less.
const received = "calls a core, with all that the kernel does for the senders"

// short is the row of calls of half a minute that sizing takes.
const short = "50 legs:"

// analysing is the processor time that an analysed call takes at its beginning, which is mostly its name and voiceprint, and for each second, by
// calls of two lengths. 0: not measured.
func (r report) analysing() (begin, second float64) {
	long, of := r.value("analysis", "analysed legs a core"), r.value("analysis", "10 calls: length")
	brief, ofBrief := r.value("names", short+" analysed legs a core"), r.value("names", short+" length of a call")
	if long == 0 || brief == 0 || of <= ofBrief || ofBrief == 0 {
		return 0, 0
	}
	begin = (2/brief - 2/long) / (1/ofBrief - 1/of)
	if second = 2/long - begin/of; begin <= 0 || second <= 0 { // noise
		return 0, 0
	}
	return begin, second
}

// inverse is 0 for 0: what is not known.
func inverse(n float64) float64 {
	if n == 0 {
		return 0
	}
	return 1 / n
}

var works = []work{
	{"calls recorded at a time, of two legs", "media", received, func(d deployment) float64 { return d.calls }, nil, nil},
	{
		"legs analysed at a time, two of a call", "analysis", "analysed legs a core", func(d deployment) float64 { return 2 * d.calls * d.analysed }, nil,
		func(r report) float64 { _, second := r.analysing(); return 2 * inverse(second) },
	},
	{
		"analysed calls begun a second, with a name and a voiceprint each", "names", short + " analysed legs a core",
		func(d deployment) float64 { return d.begun() * d.analysed }, nil,
		func(r report) float64 { begin, _ := r.analysing(); return inverse(begin) },
	},
	{"calls begun and ended a second", "signalling", "processor time a call with events", deployment.begun, perSecond, nil},
	{"tasks begun a second", "api", "StartSpeakerSearchTask a core and second", func(d deployment) float64 { return 2 * d.begun() * d.analysed }, nil, nil},
	{
		"searches a second, among 20,000 profiles", "search", "processor time",
		func(d deployment) float64 { return d.begun() * d.analysed * d.profiles / searched }, perSecond, nil,
	},
	{"profiles made a second", "enrolment", "profiles of tasks a core and second", nil, nil, nil},
	{"calls put through at a time", "relay", "calls a core", nil, nil, nil},
	{"seconds of recordings analysed a second, of two legs", "recordings", "times real time, a core", nil, nil, nil},
	{"other requests a second", "api", "GetVoiceConnector a core and second", nil, nil, nil},
}

// memories are what takes memory, and how many of them a deployment has, in units of MB.
var memories = []struct {
	name, part, figure, unit string
	number                   func(deployment) float64
	each                     func(r report, figure float64) float64 // nil: the figure is of one
}{
	{"a server at rest, with its models and the cached pages of its database", "churn", "memory at rest", "MB", func(deployment) float64 { return 1 }, nil},
	{"a recorded call", "media", "memory a call", "KB", func(d deployment) float64 { return d.calls / 1024 }, nil},
	{"an analysed call", "analysis", "10 calls: memory at most", "MB", func(d deployment) float64 { return d.calls * d.analysed }, beyondRest},
	{"a million profiles, while they are read after a start", "startup", "memory at most", "MB", func(d deployment) float64 { return d.profiles / 1e6 }, nil},
}

// beyondRest is what one of ten calls takes of the memory of a server with them.
func beyondRest(r report, ten float64) float64 {
	return max(0, ten-r.value("churn", "memory at rest")) / 10
}

// takes is how much memory the n-th of memories takes; 0 if that was not measured.
func (r report) takes(n int) float64 {
	m := memories[n]
	figure := r.value(m.part, m.figure)
	if figure == 0 || m.each == nil {
		return figure
	}
	return m.each(r, figure)
}

// memory is what a deployment needs.
func (r report) memory(d deployment) string {
	var all float64
	for i, m := range memories {
		n := r.takes(i)
		if n == 0 {
			return "not measured"
		}
		all += n * m.number(d)
	}
	return value{Number: all, Unit: "MB"}.String()
}

// core is how much of it a core carries; 0 if that was not measured.
func (w work) core(r report) float64 {
	if w.fitted != nil {
		return w.fitted(r)
	}
	n := r.value(w.part, w.figure)
	if n == 0 || w.carried == nil {
		return n
	}
	return w.carried(n)
}

const sizingHead = `# Sizing

Made by ` + "`make bench-report`" + ` from the figures of [Performance](performance.md): of the machine that they were measured on. Measure on yours before you buy.

## What a core carries

At full load, and nothing else.

| work | a core |
| --- | ---: |
`

// sizing is a page that says what machines are needed for, by the figures.
func (r report) sizing() []byte {
	var b bytes.Buffer
	b.WriteString(sizingHead)
	for _, w := range works {
		if n := w.core(r); n > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", w.name, value{Number: n})
		}
	}
	b.WriteString("\n## Memory\n\n| of | |\n| --- | ---: |\n")
	for i, m := range memories {
		if n := r.takes(i); n > 0 {
			fmt.Fprintf(&b, "| %s | %s |\n", m.name, value{Number: n, Unit: m.unit})
		}
	}
	fmt.Fprintf(&b, "\n## Examples\n\nCores are planned for %d times the work: calls come in bunches, and names must not wait.\n", headroom)
	for _, d := range deployments {
		r.example(&b, d)
	}
	return b.Bytes()
}

// example is how many cores a deployment needs, work by work.
func (r report) example(b *bytes.Buffer, d deployment) {
	fmt.Fprintf(b, "\n### %.0f calls at a time: %s\n\nCalls of %.0f minutes, %.1f begun a second; the callers of %.0f %% of them are sought among %.0f profiles, and their tone is told.\n\n"+
		"| work | amount | cores |\n| --- | ---: | ---: |\n", d.calls, d.name, d.length/60, d.begun(), 100*d.analysed, d.profiles)
	var cores float64
	whole := true
	for _, w := range works {
		if w.of == nil {
			continue
		}
		core := w.core(r)
		if core == 0 {
			fmt.Fprintf(b, "| %s | %s | not measured |\n", w.name, value{Number: w.of(d)})
			whole = false
			continue
		}
		need := headroom * w.of(d) / core
		cores += need
		fmt.Fprintf(b, "| %s | %s | %.2f |\n", w.name, value{Number: w.of(d)}, need)
	}
	all := "not measured"
	if whole {
		all = fmt.Sprintf("%.1f", cores)
	}
	fmt.Fprintf(b, "| all | | %s |\n\nMemory: %s.\n", all, r.memory(d))
}
