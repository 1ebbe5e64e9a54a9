package sip

import (
	"net/netip"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// pings are the last OPTIONS for each connector.
type pings struct {
	mu   sync.Mutex
	last map[string]timbre.Ping
}

func (p *pings) note(connectorID string, ping timbre.Ping) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[connectorID] = ping
}

// LastPing is the last OPTIONS that named a connector, or that named none and came from its allowed hosts. False: none
// has come since the server was made.
func (s *Server) LastPing(connectorID string) (timbre.Ping, bool) {
	s.pings.mu.Lock()
	defer s.pings.mu.Unlock()
	p, ok := s.pings.last[connectorID]
	return p, ok
}

// ping notes an OPTIONS. Only connectors that exist are noted, so that strangers fill no memory.
func (s *Server) ping(req *gosip.Request) {
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return
	}
	from := source.Addr().Unmap()
	ping := timbre.Ping{At: s.now(), Source: from.String()}
	c, found, err := s.admission.byName(s.ctx, req.Recipient)
	if err == nil && found {
		s.pings.note(c.ID, ping)
		return
	}
	list, err := s.admission.list.current(s.ctx)
	if err != nil {
		s.log.Error("the connectors of a ping could not be found", "error", err)
		return
	}
	for _, id := range list.letting(from) {
		s.pings.note(id, ping)
	}
}
