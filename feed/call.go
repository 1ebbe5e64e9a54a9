package feed

import (
	"errors"
	"strings"
	"time"

	"timbre"
)

// open takes what a start message says. The call begins with it, if it names tracks.
func (f *session) open(o opening) *broken {
	f.said = o
	if _, err := f.s.cfg.NewDecoder(o.encoding, o.rate); err != nil {
		return &broken{"bad_format", err.Error(), nil}
	}
	if len(o.tracks) == 0 {
		return nil
	}
	return f.begin(o.tracks)
}

// hear takes audio, of legs that are there or join now, and says how much it was.
func (f *session) hear(a audio) (lasts time.Duration, _ *broken) {
	for _, p := range a {
		l := f.legs[p.name]
		if l == nil {
			if b := f.join(p.track); b != nil {
				return lasts, b
			}
			l = f.legs[p.name]
		}
		heard, err := l.hear(p)
		if err != nil {
			return lasts, fault("bad_message", "the audio cannot be read")
		}
		if !heard {
			f.s.metrics.late.Inc()
		}
		lasts += time.Duration(len(p.payload)/width(f.said.encoding)) * time.Second / time.Duration(f.said.rate)
	}
	return lasts, nil
}

// join adds a leg to the call, or begins the call with it.
func (f *session) join(t track) *broken {
	if f.txid == "" {
		return f.begin([]track{t})
	}
	added, err := f.s.calls.Update(f.ctx, f.txid, timbre.Change{
		Warnings: f.said.doubts,
		Legs:     []timbre.Leg{{Side: t.side, Index: len(f.legs), Label: t.name}},
	})
	if err != nil {
		return faulty(err)
	}
	if len(added) != 1 {
		return faulty(errors.New("the leg that joins has no listener"))
	}
	return f.add(t, added[0])
}

func (f *session) add(t track, to timbre.Listener) *broken {
	d, err := f.s.cfg.NewDecoder(f.said.encoding, f.said.rate)
	if err != nil {
		return faulty(err)
	}
	f.legs[t.name] = &leg{decoder: d, to: to}
	return nil
}

// begin makes the call.
func (f *session) begin(tracks []track) *broken {
	access, b := f.access()
	if b != nil {
		return b
	}
	if !f.s.admission.AllowCall(access) {
		return fault("rate", "more calls a second than the connector allows")
	}
	c := timbre.Call{
		ConnectorID: access.Connector.ID, CallID: f.said.call, Direction: "Outbound", From: f.said.from, To: f.said.to,
		Headers: headers(f.said.details), Warnings: f.said.doubts, Started: f.s.cfg.Now(),
	}
	for i, t := range tracks {
		c.Legs = append(c.Legs, timbre.Leg{Side: t.side, Index: i, Label: t.name})
	}
	txid, listeners, err := f.s.calls.Begin(f.ctx, c)
	if err != nil {
		return faulty(err)
	}
	f.txid, f.connector = txid, access.Connector.ID
	if len(listeners) != len(tracks) {
		return faulty(errors.New("the call has not as many listeners as legs"))
	}
	for i, t := range tracks {
		if b := f.add(t, listeners[i]); b != nil {
			return b
		}
	}
	f.timer.Stop()
	f.timer = time.AfterFunc(f.s.cfg.Idle, func() { f.stop(fault("idle", "nothing came for "+f.s.cfg.Idle.String())) })
	f.s.metrics.started.WithLabelValues(f.dialect.name()).Inc()
	f.s.cfg.Log.Info("feed", "transaction", txid, "dialect", f.dialect.name(), "source", f.source, "legs", len(tracks))
	f.write(f.started())
	return nil
}

// access is that of the connector which the start message names, or the only one that admitted the feed.
func (f *session) access() (timbre.Access, *broken) {
	if f.said.connector == "" {
		if len(f.admitted) == 1 {
			return f.admitted[0], nil
		}
		return timbre.Access{}, fault("no_connector", "several connectors allow the source: the path or the start message must name one")
	}
	for _, a := range f.admitted {
		if strings.EqualFold(a.Connector.ID, f.said.connector) {
			return a, nil
		}
	}
	return timbre.Access{}, fault("forbidden", "the connector that the start message names does not allow the feed")
}

// headers are details in the form of those of an INVITE.
func headers(details map[string]string) map[string]string {
	all := map[string]string{}
	for name, value := range details {
		all[strings.ToLower(name)] = value
	}
	return all
}

// started is what is answered to a start message.
func (f *session) started() map[string]any {
	streams := []map[string]any{}
	if c, live := f.s.calls.Call(f.txid); live {
		for i, l := range c.Legs {
			streams = append(streams, map[string]any{"channel": i, "side": l.Side.String(), "streamArn": l.StreamARN})
		}
	}
	return map[string]any{"type": "started", "transactionId": f.txid, "connectorId": f.connector, "streams": streams}
}
