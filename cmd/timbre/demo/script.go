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
	file   string // id in the manifest of the calls
	known  bool   // was enrolled before this call
	second bool   // is the caller's second call, or the unknown caller's only one
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
	agent, err = c.Leg("agent")
	return caller, agent, err
}

// length is the duration of a recording.
func length(caller, agent []byte) time.Duration { return timbre.Duration(max(len(caller), len(agent))) }
