package sip

import (
	"context"
	"fmt"
	"regexp"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// noDiary keeps nothing.
type noDiary struct{}

func (noDiary) Message(string, string, fmt.Stringer) {}
func (noDiary) Reception(string, timbre.Reception)   {}

// spoken is a message as it is written down: the proof of a password is nothing to keep, nor are the keys of the media.
type spoken struct{ gosip.Message }

var (
	proof  = regexp.MustCompile(`(?im)^((?:Proxy-)?Authorization:.*\bresponse=")[^"\r\n]*`)
	sealed = regexp.MustCompile(`(?im)^(a=crypto:[^\r\n]*?\binline:)[^\r\n]*`)
)

func (m spoken) String() string {
	return sealed.ReplaceAllString(proof.ReplaceAllString(m.Message.String(), "${1}****"), "${1}****")
}

func (s *Server) note(connectorID string, m gosip.Message) {
	id := ""
	if h := m.CallID(); h != nil {
		id = h.Value()
	}
	s.diary.Message(connectorID, id, spoken{m})
}

// noted is a transaction whose messages are written down once it is known which connector they are for. What the stack
// answers by itself is not: 100, and what CANCEL brings about.
type noted struct {
	gosip.ServerTransaction
	s         *Server
	req       *gosip.Request
	connector string
}

// belongs says which connector the request of a transaction is for.
func belongs(tx gosip.ServerTransaction, connectorID string) {
	if n, ok := tx.(*noted); ok && n.connector == "" && connectorID != "" {
		n.connector = connectorID
		n.s.note(connectorID, n.req)
	}
}

func (n *noted) Respond(res *gosip.Response) error {
	if n.connector != "" {
		n.s.note(n.connector, res)
	}
	return n.ServerTransaction.Respond(res)
}

// Connection is the one that the request came by; nil where the transaction knows none.
func (n *noted) Connection() gosip.Connection {
	if c, ok := n.ServerTransaction.(interface{ Connection() gosip.Connection }); ok {
		return c.Connection()
	}
	return nil
}

// minutes reports what came on every stream, once a minute, until ctx ends.
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

// receptions reports what has come on the streams of a call since the last time. The caller holds d.mu.
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
		s.diary.Reception(d.connector, r)
	}
}
