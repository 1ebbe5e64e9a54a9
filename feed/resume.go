package feed

import (
	"maps"
	"time"

	"timbre"
)

// origin is what the requests of a producer for one call have in common. A call goes on with the next of them after a lost connection, so
// that the producer can put again what was not acknowledged.
type origin struct{ connectorID, accessKeyID, started, callID string }

// known reports whether the producer has said enough of itself for that.
func (o origin) known() bool { return o.started != "" && o.callID != "" }

// relay is a call that goes on with another request.
type relay struct {
	transactionID string
	start         startMessage
	tracks        map[string]timbre.Track
	heard         map[string]time.Duration
	pacer         pacer
}

// handOver waits, after a lost connection, for the next request of the producer. False: none has come, and the call is to be ended.
func (u *upload) handOver() bool {
	if u.transactionID == "" || !u.origin.known() {
		return false
	}
	u.s.env.Log.Info("feed waits for its producer", "transaction", u.transactionID, "peer", u.peer)
	timer := time.NewTimer(u.s.cfg.ResumeTimeout)
	defer timer.Stop()
	select {
	case u.offers <- relay{u.transactionID, u.start, u.tracks, u.heard, u.pacer}:
		u.transactionID, u.tracks = "", nil
		return true
	case <-timer.C:
	case <-u.ctx.Done():
	}
	return false
}

// resume takes over the call of the request before. False: there is none.
func (u *upload) resume() (resumed bool, _ *failure) {
	if !u.origin.known() {
		return false, nil
	}
	for before := u.s.before(u); before != nil; before = u.s.before(u) {
		before.claim()
		select {
		case r := <-before.offers:
			return true, u.adopt(r, before)
		case <-before.gone:
		case <-u.ctx.Done():
			return false, fail("stopping", "the server was stopped")
		}
	}
	return false, nil
}

// adopt makes a call that of the upload.
func (u *upload) adopt(r relay, from *upload) *failure {
	codec := u.start.codec
	u.transactionID, u.connectorID, u.start, u.tracks, u.pacer = r.transactionID, u.access.Connector.ID, r.start, r.tracks, r.pacer
	u.heard, u.again = r.heard, maps.Clone(r.heard)
	u.s.move(&u.seat, &from.seat)
	u.s.env.Log.Info("feed goes on", "transaction", u.transactionID, "peer", u.peer)
	if codec != r.start.codec {
		return fail("bad_format", "the call has begun in another format")
	}
	return nil
}

// claim ends the reading of an upload whose call goes on with another request: its connection is lost, whether that shows yet or not.
func (u *upload) claim() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.claimed = true
	u.interrupt()
}

func (u *upload) isClaimed() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.claimed
}

// before is the newest of the earlier requests for the call of an upload that have not ended; nil: there is none. Requests wait for earlier ones only.
func (s *Server) before(u *upload) (newest *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.turn == 0 {
		s.turns++
		u.turn = s.turns
	}
	for f := range s.live {
		o, is := f.(*upload)
		if is && o.turn > 0 && o.turn < u.turn && o.origin == u.origin && (newest == nil || o.turn > newest.turn) {
			newest = o
		}
	}
	return newest
}

// awaits reports whether a call may go on with an upload, which does not say yet which call it is of. One upload at a time may follow another
// without a place.
func (s *Server) awaits(u *upload) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := u.origin
	for f := range s.live {
		o, is := f.(*upload)
		if !is || o.turn == 0 || o.followed || !o.taken {
			continue
		}
		if of.callID = o.origin.callID; of == o.origin && of.known() {
			u.follows, o.followed = o, true
			return true
		}
	}
	return false
}

// remember keeps what an upload that ends in order has brought: if its last acknowledgement is lost, the producer puts that again.
func (s *Server) remember(u *upload) {
	if u.transactionID == "" || !u.origin.known() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.env.Steady()
	if s.ended.Forget(now); s.ended.Len() < s.cfg.MaxFeeds {
		s.ended.Put(u.origin, u.heard, now.Add(s.cfg.ResumeTimeout))
	}
}

// recall is the newest media time of each track of an upload that ended in order a while ago; nil: there was none.
func (s *Server) recall(of origin) map[string]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended.Forget(s.env.Steady())
	heard, _ := s.ended.Get(of)
	return heard
}

// unfollow lets another one follow.
func (s *Server) unfollow(u *upload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.follows != nil {
		u.follows.followed = false
	}
}

// move gives a feed without a place that of another.
func (s *Server) move(to, from *seat) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !to.taken {
		*to, *from = *from, seat{}
	}
}
