package demo

import (
	"time"

	"timbre"
	"timbre/cmd/timbre/demo/calls"
)

// role is one call of the story: who is on the line, which recording speaks, and what Timbre should say.
type role struct {
	name   string // of the caller
	number string
	file   string // id in the manifest of the calls
	known  bool   // has been enrolled before this call
	second bool   // is the caller's second call, or a stranger's only one
}

// stranger is what the story calls somebody who was never enrolled: a woman with Edith's accent.
const stranger = "a stranger"

var (
	firstCalls = []role{
		{name: "Grace", number: "+12065550101", file: "s1_enrol"},
		{name: "Maria", number: "+12065550102", file: "s2_enrol"},
		{name: "Edith", number: "+12065550103", file: "s3_enrol"},
	}
	secondCalls = []role{
		{name: "Grace", number: "+12065550101", file: "s1_second", known: true, second: true},
		{name: "Maria", number: "+12065550102", file: "s2_second", known: true, second: true},
		{name: stranger, number: "+12065550117", file: "s4_second", second: true},
	}
)

// expected is the name that Timbre should give: none, unless the caller was enrolled before.
func (r role) expected() string {
	if r.known {
		return r.name
	}
	return ""
}

// legs are the two voices of a call, in µ-law.
func (r role) legs() (caller, agent []byte, err error) {
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

// lasts is how long a recording is.
func lasts(caller, agent []byte) time.Duration { return timbre.Duration(max(len(caller), len(agent))) }
