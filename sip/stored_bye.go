package sip

import (
	"context"
	"net/netip"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
)

// storedByeTimeout is how long a peer of a lost call is tried.
const storedByeTimeout = 5 * time.Second

// Lost sends the peers of a call its BYE, so that they do not go on sending to nobody and can call again. The process that had the
// call is gone. What they answer changes nothing: a peer that has noticed answers with 481.
func (s *Server) Lost(c timbre.Call) {
	for _, f := range c.StoredByes {
		if !s.stack.Do(func() { s.sendStoredBye(c, f) }) {
			return
		}
	}
}

func (s *Server) sendStoredBye(c timbre.Call, f timbre.StoredBye) {
	res, err := s.requestStoredBye(f)
	if err != nil {
		s.env.Log.Debug("a peer of a lost call was not reached", "transaction", c.TransactionID, "peer", f.To, "error", err)
		return
	}
	s.env.Log.Debug("a peer of a lost call answered the BYE", "transaction", c.TransactionID, "peer", f.To, "status", res.StatusCode)
}

// requestStoredBye returns the response.
func (s *Server) requestStoredBye(f timbre.StoredBye) (*gosip.Response, error) {
	m, err := header.Parse([]byte(f.Message))
	if err != nil {
		return nil, err
	}
	req, is := m.(*gosip.Request)
	to, err := netip.ParseAddrPort(f.To)
	if !is || err != nil {
		return nil, timbre.Errorf(timbre.Invalid, "sip.requestStoredBye", "not a request to an address")
	}
	req.SetTransport(strings.ToUpper(f.Network))
	req.SetDestination(f.To)
	ctx, cancel := context.WithTimeout(s.ctx, storedByeTimeout)
	defer cancel()
	if at, listens := s.stack.Endpoint(f.Network, to); listens && f.Network == "udp" {
		req.Laddr = at.Socket
		s.awaitSocket(ctx, at.Socket)
	}
	tx, err := s.stack.Request(ctx, req)
	if err != nil {
		return nil, err
	}
	defer tx.Terminate()
	return final(ctx, tx)
}

// awaitSocket returns once a listener is served, or ctx ends: a server that has just started may not have come to that yet, and
// would send from another port.
func (s *Server) awaitSocket(ctx context.Context, at gosip.Addr) {
	poll := time.NewTicker(10 * time.Millisecond)
	defer poll.Stop()
	for !s.stack.Connected("udp", at.String()) {
		select {
		case <-poll.C:
		case <-ctx.Done():
			return
		}
	}
}

// final is the final response of a transaction.
func final(ctx context.Context, tx gosip.ClientTransaction) (*gosip.Response, error) {
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, tx.Err()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
