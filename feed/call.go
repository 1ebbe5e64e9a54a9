package feed

import (
	"errors"
	"strings"
	"time"

	"timbre"
)

// open takes a start message. The call begins with it if it names the tracks, else with the first audio.
func (f *session) open(m startMessage) *failure {
	f.start = m
	for name, value := range m.request {
		if got := f.header.Get(name); got != "" && !strings.EqualFold(got, value) {
			return fail("bad_message", "the header "+name+" of the request says something else than the start message")
		}
	}
	switch {
	case m.probe:
		return f.answerProbe()
	case len(m.tracks) == 0:
		return nil
	}
	return f.begin(m.tracks)
}

// receive takes audio, of legs that exist or join now, and returns how much it was.
func (f *session) receive(a audio) (duration time.Duration, _ *failure) {
	for _, p := range a {
		if f.tracks[p.name] == nil {
			if failed := f.meet(p.track); failed != nil {
				return duration, failed
			}
		}
		duration += f.hear(p)
	}
	return duration, nil
}

// meet adds a leg to the call, or begins the call with it.
func (f *session) meet(t track) *failure {
	if f.transactionID == "" {
		return f.begin([]track{t})
	}
	return f.join(t)
}

// answerProbe tells the sender that its calls would be taken, unless they would not.
func (f *session) answerProbe() *failure {
	if _, failed := f.access(); failed != nil {
		return failed
	}
	f.tell(func(s speaker) any { return s.started(begun{}) })
	return nil
}

// begin starts the call.
func (f *session) begin(tracks []track) *failure {
	access, failed := f.access()
	if failed != nil {
		return failed
	}
	if failed := f.enter(access, f.kind.name, tracks); failed != nil {
		return failed
	}
	f.timeout.Stop()
	f.timeout = time.AfterFunc(f.s.cfg.IdleTimeout, func() {
		f.stop(fail("idle", "no message came for "+f.s.cfg.IdleTimeout.String()))
	})
	f.tell(func(s speaker) any { return s.started(f.begun()) })
	return nil
}

// access is the connector that the start message names, or the only one that the feed may use.
func (f *session) access() (timbre.Access, *failure) {
	named := f.start.connectorID
	switch {
	case f.s.isStopping():
		return timbre.Access{}, fail("unavailable", "the server is stopping")
	case timbre.Overloaded(f.s.deps.Load):
		return timbre.Access{}, fail("unavailable", "the server is overloaded")
	case named == "" && len(f.admitted) != 1:
		return timbre.Access{}, fail("no_connector", "several connectors allow the source: name one in the path or in the start message")
	case named == "" || len(f.admitted) == 1 && strings.EqualFold(f.admitted[0].Connector.ID, named):
		return f.admitted[0], nil
	case f.request.ConnectorID != "": // the path has named another one
		return timbre.Access{}, notAllowed
	}
	r := f.request
	r.ConnectorID = named
	access, err := f.s.deps.Admission.Admit(f.ctx, r)
	if denial := (*timbre.Denial)(nil); errors.As(err, &denial) {
		return timbre.Access{}, notAllowed
	} else if err != nil {
		return timbre.Access{}, internalFailure(err)
	}
	return access, nil
}

var notAllowed = fail("forbidden", "the connector in the start message does not allow this feed")

// begun is the call as reported to its sender.
func (f *session) begun() begun {
	c, _ := f.s.deps.Calls.Call(f.transactionID)
	return begun{f.transactionID, f.connectorID, c.Legs}
}
