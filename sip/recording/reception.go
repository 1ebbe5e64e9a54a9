package recording

import (
	"context"
	"time"
)

// Run reports the reception of every stream, and probes silent sessions, once a minute until ctx ends.
func (s *Server) Run(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.Report()
			s.Probe()
		case <-ctx.Done():
			return
		}
	}
}

// Report logs what the streams of all sessions have received since the last report.
func (s *Server) Report() {
	for _, d := range s.sessions.All() {
		d.mu.Lock()
		if !d.IsOver() { // the end of a session has its own report
			s.report(d)
		}
		d.mu.Unlock()
	}
}

// report logs what the streams of a session have received. The caller holds d.mu.
func (s *Server) report(d *session) {
	for i, line := range d.order {
		t := d.tracks[line.Index]
		if t == nil {
			continue
		}
		r := t.Report()
		r.TransactionID, r.From, r.To = d.txid, d.from, d.to
		if i < len(d.legs) {
			r.Label = d.legs[i].Label
		}
		s.deps.Log.Reception(d.Connector(), r)
	}
}
