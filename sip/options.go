package sip

import (
	"net/netip"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/recording"
)

// options responds to OPTIONS and records it as a ping. An unknown source, which may be forged, gets no more bytes than it
// has sent.
func (s *Server) options(req *gosip.Request, tx gosip.ServerTransaction) {
	s.pinged(req)
	res := gosip.NewResponseFromRequest(req, 200, "OK", nil)
	if s.stack.Known(req) {
		res.AppendHeader(gosip.NewHeader("Allow", recording.Allow))
		res.AppendHeader(gosip.NewHeader("Accept", recording.Accept))
		res.AppendHeader(gosip.NewHeader("Supported", recording.Supported))
	}
	s.stack.Respond(tx, res)
}

// pings are the last OPTIONS of each connector.
type pings struct {
	mu   sync.Mutex
	last map[string]timbre.Ping
}

func (p *pings) record(connectorID string, ping timbre.Ping) {
	p.mu.Lock()
	defer p.mu.Unlock()
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
	source, err := netip.ParseAddrPort(req.Source())
	if err != nil {
		return
	}
	from := source.Addr().Unmap()
	ping := timbre.Ping{At: s.now(), Source: from.String()}
	ids, err := s.deps.Admission.Concerned(s.ctx, accessRequest(req, from))
	if err != nil {
		s.log.Error("connectors of a ping not found", "error", err)
		return
	}
	for _, id := range ids {
		s.pings.record(id, ping)
	}
}
