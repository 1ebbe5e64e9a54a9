package check

import (
	"context"
	"fmt"
	"math"

	"timbre/cmd/timbre/memory"
	"timbre/load"
)

// Capacity is how many calls the machine can analyse at a time: both legs of each, with a speaker search and a tone analysis.
type Capacity struct {
	Core  float64 `json:"core"`  // by one core that does nothing else
	All   int     `json:"all"`   // by the machine, before it refuses more
	Limit string  `json:"limit"` // what All is limited by
}

// What a server takes of the memory at rest, and for each analysed call: see docs/sizing.md.
const (
	restingMemory = 210 << 20
	callMemory    = 13 << 20
)

// sample is what some calls took.
type sample struct {
	spoken float64 // seconds of calls
	busy   float64 // seconds of processor time
	late   bool    // results were late or skipped, so that they took less than they should
}

// fastest is the speed at which the calls are played, as a multiple of real time. A machine that does not keep up gets half of it.
const fastest = 8

// checkCalls measures how many calls the machine can analyse.
func checkCalls(ctx context.Context, m machine, f *findings) {
	switch {
	case m.serving:
		f.ok("not measured beside a running server, whose calls would wait")
		return
	case m.Quick:
		f.ok("not measured")
		return
	}
	var s sample
	var err error
	for speed := fastest; speed > 0; speed /= 2 {
		if s, err = m.measure(ctx, m, speed); err != nil || !s.late {
			break
		}
	}
	switch {
	case err != nil:
		f.fail("a server that was started to measure them has failed: "+err.Error(), "repair what the findings above name")
		return
	case s.late:
		f.fail("the machine does not keep up with a call on each core", "give it more or faster cores")
		return
	}
	c := m.capacity(s)
	f.report.Calls = &c
	f.ok("%d analysed at a time, limited by %s; a core of the %d carries %.1f. Plan for half: calls come in bunches", c.All, c.Limit, m.cores, c.Core)
}

// capacity is what follows from a sample and from the limits of the machine.
func (m machine) capacity(s sample) Capacity {
	c := Capacity{Core: s.spoken / s.busy}
	c.All, c.Limit = int(c.Core*float64(m.cores)*load.Full), "the processors"
	limit, streams := m.room()
	if limit == 0 {
		streams = math.MaxInt
	}
	most := m.Settings.QuotaLimits()
	for _, l := range []struct {
		calls int
		of    string
	}{
		{streams / 2, "descriptors (ulimit -n)"},
		{m.pairs() / 2, "rtp.ports"},
		{m.memory(), "memory"},
		{unlimited(most.Calls), "the quota of calls"},
		{unlimited(most.Analysed), "the quota of analysed calls"},
		{unlimited(most.Tasks) / 2, "the quota of tasks"},
	} {
		if l.calls < c.All {
			c.All, c.Limit = max(l.calls, 0), l.of
		}
	}
	return c
}

// unlimited is a quota, of which 0 is none.
func unlimited(quota int) int {
	if quota == 0 {
		return math.MaxInt
	}
	return quota
}

// memory is how many calls fit into the memory of the machine, or of its container.
func (m machine) memory() int {
	bytes, limited := memory.GroupLimit(m.root)
	if total, known := m.installed(); known && (!limited || total < bytes) {
		bytes, limited = total, true
	}
	if !limited {
		return math.MaxInt
	}
	return int((bytes - restingMemory) / callMemory)
}

// installed is the memory of the machine in bytes.
func (m machine) installed() (bytes int64, known bool) {
	text, err := m.root.Open("proc/meminfo")
	if err != nil {
		return 0, false
	}
	defer func() { _ = text.Close() }()
	_, err = fmt.Fscanf(text, "MemTotal: %d kB", &bytes)
	return bytes << 10, err == nil
}
