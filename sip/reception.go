package sip

import (
	"context"
	"time"
)

// minutes reports the reception of every stream, and probes silent calls, once a minute until ctx ends.
func (s *Server) minutes(ctx context.Context) {
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.report()
			s.silences()
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) report() {
	s.trunk.Report()
	for _, d := range s.dialogs.all() {
		d.mu.Lock()
		if !d.over { // the end of a call has its own report
			s.receptions(d)
		}
		d.mu.Unlock()
	}
}

// receptions reports what the streams of a call have received since the last report. The caller holds d.mu.
func (s *Server) receptions(d *dialog) {
	for i, line := range d.order {
		t := d.tracks[line.Index]
		if t == nil {
			continue
		}
		now := t.stream.Reception()
		r := now.Since(t.reported)
		t.reported = now
		r.TransactionID, r.From, r.To = d.txid, d.from, d.to
		if i < len(d.legs) {
			r.Label = d.legs[i].Label
		}
		s.sipLog.Reception(d.connector, r)
	}
}
