package demo

import (
	"time"

	"timbre"
	"timbre/cmd/timbre/demo/calls"
)

// script is one planned call: the caller, the recording, and the expected result.
type script struct {
	name   string // of the caller
	number string
	file   string   // id in the manifest of the calls
	known  bool     // was enrolled before this call
	second bool     // is not the caller's first call, or is of the unknown caller
	line   *badLine // nil: a good one
}

// unknownCaller is the name of the caller who is never enrolled, and whose accent is that of Edith.
const unknownCaller = "unknown"

var (
	firstCalls = []script{
		{name: "Grace", number: "+12065550101", file: "s1_enrol"},
		{name: "Maria", number: "+12065550102", file: "s2_enrol"},
		{name: "Edith", number: "+12065550103", file: "s3_enrol"},
	}
	secondCalls = []script{
		{name: "Grace", number: "+12065550101", file: "s1_second", known: true, second: true},
		{name: "Maria", number: "+12065550102", file: "s2_second", known: true, second: true},
		{name: unknownCaller, number: "+12065550117", file: "s4_second", second: true},
	}
)

// badCalls are rounds of calls of the same people on bad lines.
var badCalls = [][]script{onLines(ringBack, echo, narrow, ringBack), onLines(music, noise, clipped, echo)}

// onLines are calls of Grace, Maria, Edith and the unknown caller, each on a line.
func onLines(grace, maria, edith, unknown *badLine) []script {
	return []script{
		{name: "Grace", number: "+12065550101", file: "s1_second", known: true, second: true, line: grace},
		{name: "Maria", number: "+12065550102", file: "s2_second", known: true, second: true, line: maria},
		{name: "Edith", number: "+12065550103", file: "s3_second", known: true, second: true, line: edith},
		{name: unknownCaller, number: "+12065550117", file: "s4_second", second: true, line: unknown},
	}
}

// expected is the name that Timbre should return: empty unless the caller was enrolled before.
func (r script) expected() string {
	if r.known {
		return r.name
	}
	return ""
}

// legs returns the audio of both parties, in µ-law.
func (r script) legs() (caller, agent []byte, err error) {
	c, err := calls.Find(r.file)
	if err != nil {
		return nil, nil, err
	}
	if caller, err = c.Leg("caller"); err != nil {
		return nil, nil, err
	}
	if agent, err = c.Leg("agent"); err != nil || r.line == nil {
		return caller, agent, err
	}
	return r.line.legs(caller, agent)
}

// length is the duration of a recording.
func length(caller, agent []byte) time.Duration { return timbre.Duration(max(len(caller), len(agent))) }
