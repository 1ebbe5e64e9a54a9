package feed

import "fmt"

// seat is the place that a feed has among those of a connector.
type seat struct {
	of    string // the connector; that which has no id is the one that a feed has yet to name
	taken bool
}

// place implements liveFeed.
func (p *seat) place() *seat { return p }

// full is the detail for a feed beyond those that one connector may have.
func (s *Server) full() string {
	return fmt.Sprintf("the connector has %d feeds already", s.cfg.OfConnector)
}

// take gives a feed a place among those of a connector, in exchange for the one that it has. False: all places are taken.
func (s *Server) take(p *seat, connectorID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.taken && p.of == connectorID {
		return true
	}
	if s.places[connectorID] >= s.cfg.OfConnector {
		return false
	}
	s.leave(p)
	s.places[connectorID]++
	p.of, p.taken = connectorID, true
	return true
}

// leave frees the place of a feed, if it has one. The caller holds mu.
func (s *Server) leave(p *seat) {
	if !p.taken {
		return
	}
	p.taken = false
	if s.places[p.of]--; s.places[p.of] == 0 {
		delete(s.places, p.of)
	}
}
