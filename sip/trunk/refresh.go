package trunk

import (
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// refresh asks a side whether it is still there, when that is our part of its session timer: by an UPDATE that says nothing
// of media or, to who does not understand that, by a re-INVITE that says nothing new. One who does not answer, or knows no
// such call, is gone.
func (s *side) refresh(w session) {
	c := s.call
	method := gosip.UPDATE
	if !s.understandsUpdate() {
		method = gosip.INVITE
		by, r := c.claim(nil)
		if r != nil { // a change is under way, which refreshes too
			s.later(w)
			return
		}
		defer c.release(by)
	}
	req := s.request(method)
	w.ask(req, 0)
	s.mu.Lock()
	told := s.told
	s.mu.Unlock()
	if method == gosip.INVITE {
		describe(req, told)
	}
	ch := &changing{c: c, y: s}
	res := ch.ask(req, nil)
	switch {
	case res.IsSuccess():
		ch.acknowledge(nil)
		s.renew(granted(res))
	case c.e.ctx.Err() != nil || c.isOver():
	case res.StatusCode == gosip.StatusRequestTimeout || res.StatusCode == gosip.StatusCallTransactionDoesNotExists:
		c.hangUp(c.e.ctx, nil, "the other end is gone")
	case res.StatusCode == gosip.StatusRequestPending:
		s.later(w)
	default:
		s.renew(w) // it lives, and knows no better
	}
}

// again is how long a refresh waits that met another change (RFC 3261, 14.1).
const again = 3 * time.Second

// later tries a refresh again soon.
func (s *side) later(w session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.call.isOver() {
		next := session{interval: w.interval, ours: true}
		w.timer = time.AfterFunc(again, func() { s.call.e.agent.Do(func() { s.refresh(next) }) })
		s.session = w
	}
}
