package sip

import (
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/environment"
	"timbre/sip/transport"
)

// pings are the last OPTIONS of each connector.
type pings struct {
	mu      sync.Mutex
	last    map[string]timbre.Ping
	reading environment.Outage
}

func (p *pings) record(connectorID string, ping timbre.Ping) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.last == nil {
		p.last = map[string]timbre.Ping{}
	}
	p.last[connectorID] = ping
}

// LastPing is the last OPTIONS that named a connector, or that named none and came from its allowed hosts. False: none has
// come since the server was made.
func (s *Server) LastPing(connectorID string) (timbre.Ping, bool) {
	s.pings.mu.Lock()
	defer s.pings.mu.Unlock()
	p, ok := s.pings.last[connectorID]
	return p, ok
}

// pinged records an OPTIONS for connectors that exist, so that unknown sources take no memory.
func (s *Server) pinged(req *gosip.Request) {
	if req.Method != gosip.OPTIONS {
		return
	}
	from := transport.Source(req)
	if !from.IsValid() {
		return
	}
	ping := timbre.Ping{At: s.env.Now(), Source: from.String()}
	ids, err := s.deps.Admission.Concerned(s.ctx, accessRequest(req, from))
	if err != nil {
		s.pings.reading.Failed(s.env.Log, "connectors of a ping cannot be read", "error", err)
		return
	}
	s.pings.reading.Over(s.env.Log, "connectors of pings can be read again")
	for _, id := range ids {
		s.pings.record(id, ping)
	}
}
