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
	if _, err := f.s.deps.NewDecoder(m.encoding, m.rate); err != nil {
		return fail("bad_format", err.Error())
	}
	if len(m.tracks) == 0 {
		return nil
	}
	return f.begin(m.tracks)
}

// receive takes audio, of legs that exist or join now, and returns how much it was.
func (f *session) receive(a audio) (duration time.Duration, _ *failure) {
	for _, p := range a {
		if f.legs[p.name] == nil {
			if failed := f.join(p.track); failed != nil {
				return duration, failed
			}
		}
		used, err := f.legs[p.name].receive(p)
		if err != nil {
			return duration, fail("bad_message", "the audio cannot be decoded")
		}
		if !used {
			f.s.metrics.late.Inc()
		}
		duration += time.Duration(len(p.payload)/f.start.encoding.SampleBytes()) * time.Second / time.Duration(f.start.rate)
	}
	return duration, nil
}

// join adds a leg to the call, or begins the call with it.
func (f *session) join(t track) *failure {
	if f.transactionID == "" {
		return f.begin([]track{t})
	}
	added, err := f.s.deps.Calls.Update(f.ctx, f.transactionID, timbre.Change{
		Warnings: f.start.warnings,
		Legs:     []timbre.Leg{{Side: t.side, Index: len(f.legs), Label: t.name}},
	})
	if err != nil {
		return internalFailure(err)
	}
	if len(added) != 1 {
		return internalFailure(errors.New("a leg that joins has no listener"))
	}
	return f.add(t, added[0])
}

func (f *session) add(t track, to timbre.Listener) *failure {
	d, err := f.s.deps.NewDecoder(f.start.encoding, f.start.rate)
	if err != nil {
		return internalFailure(err)
	}
	f.legs[t.name] = &leg{decoder: d, to: to}
	return nil
}

// begin starts the call.
func (f *session) begin(tracks []track) *failure {
	if f.s.isStopping() {
		return fail("unavailable", "the server is stopping")
	}
	access, failed := f.access()
	if failed != nil {
		return failed
	}
	if !f.s.deps.Admission.AllowCall(access) {
		return fail("rate", "the connector's limit of calls a second is reached")
	}
	id, listeners, err := f.s.deps.Calls.Begin(f.ctx, f.newCall(access, tracks))
	if err != nil {
		return internalFailure(err)
	}
	f.transactionID, f.connectorID = id, access.Connector.ID
	if len(listeners) != len(tracks) {
		return internalFailure(errors.New("the call has not as many listeners as legs"))
	}
	for i, t := range tracks {
		if failed := f.add(t, listeners[i]); failed != nil {
			return failed
		}
	}
	f.timeout.Stop()
	f.timeout = time.AfterFunc(f.s.cfg.IdleTimeout, func() {
		f.stop(fail("idle", "no message came for "+f.s.cfg.IdleTimeout.String()))
	})
	f.s.metrics.started.WithLabelValues(f.dialect.name()).Inc()
	f.s.env.Log.Info("feed started", "transaction", id, "dialect", f.dialect.name(), "peer", f.peer, "legs", len(tracks))
	f.send(f.startedMessage())
	return nil
}

func (f *session) newCall(access timbre.Access, tracks []track) timbre.Call {
	c := timbre.Call{
		ConnectorID: access.Connector.ID, CallID: f.start.callID, Direction: "Outbound", From: f.start.from, To: f.start.to,
		Headers: map[string]string{}, Warnings: f.start.warnings, Started: f.s.env.Now(),
	}
	for name, value := range f.start.metadata { // in the form of the headers of an INVITE
		c.Headers[strings.ToLower(name)] = value
	}
	for i, t := range tracks {
		c.Legs = append(c.Legs, timbre.Leg{Side: t.side, Index: i, Label: t.name})
	}
	return c
}

// access is the connector that the start message names, or the only one that the feed may use.
func (f *session) access() (timbre.Access, *failure) {
	named := f.start.connectorID
	switch {
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

// startedMessage is the response to a start message.
func (f *session) startedMessage() map[string]any {
	streams := []map[string]any{}
	if c, live := f.s.deps.Calls.Call(f.transactionID); live {
		for i, l := range c.Legs {
			streams = append(streams, map[string]any{"channel": i, "side": l.Side.String(), "streamArn": l.StreamARN})
		}
	}
	return map[string]any{"type": "started", "transactionId": f.transactionID, "connectorId": f.connectorID, "streams": streams}
}
