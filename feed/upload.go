package feed

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"timbre"
)

// upload is a feed by PutMedia: a request whose body is a Matroska stream for as long as the call lasts, and whose response are
// acknowledgements.
type upload struct {
	intake
	w        http.ResponseWriter
	r        *http.Request
	control  *http.ResponseController
	access   timbre.Access
	recorded recorded
	acks     acks
	newest   time.Time          // when audio came last, by the steady clock; before the first: when the request came
	cancel   context.CancelFunc // of ctx

	origin origin
	turn   uint64                   // among uploads; 0: before the first audio. Guarded by mu of the server, as origin is then
	heard  map[string]time.Duration // the newest media time of each track, by name
	again  map[string]time.Duration // the same in the request before: what is not later was heard
	offers chan relay               // of the call, after a lost connection
	gone   chan struct{}            // closed when the upload has ended

	follows  *upload // by which it has no place of its own; nil: it has one
	followed bool    // another one has none. Guarded by mu of the server

	mu      sync.Mutex
	end     *failure // why the feed ends; nil while it is live
	claimed bool     // another request goes on with the call
	over    bool     // the request has ended: its connection may be that of another
}

func newUpload(s *Server, w http.ResponseWriter, r *http.Request) *upload {
	u := &upload{
		intake: newIntake(s, r.RemoteAddr), w: w, r: r, control: http.NewResponseController(w),
		heard: map[string]time.Duration{}, offers: make(chan relay), gone: make(chan struct{}),
	}
	u.ctx, u.cancel = context.WithCancel(context.WithoutCancel(r.Context())) // a call may outlive the connection
	u.acks = acks{w: w, control: u.control, from: s.env.Now().UnixMilli()}
	return u
}

// serveUpload serves PutMedia. A refusal does not wait for the body, of which there may be no end.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	u := newUpload(s, w, r)
	defer close(u.gone)
	if err := u.control.EnableFullDuplex(); err != nil {
		s.refuseKinesis(w, r, refuse(http.StatusInternalServerError, "internal", err.Error()))
		return
	}
	if refused := s.keep(u, u.peer, u.serve); refused != nil {
		u.refuse(refused)
	}
}

// refuse refuses the request, and leaves its sender a moment to end the body.
func (u *upload) refuse(why *refusal) {
	u.s.refuseKinesis(u.w, u.r, why)
	_ = u.control.SetReadDeadline(time.Now().Add(closeTimeout)) // without it, the sender has as long as it likes
}

// serve reads the body to its end, or to the end of the call.
func (u *upload) serve() {
	defer u.finish()
	if refused := u.admit(); refused != nil {
		u.refuse(refused)
		return
	}
	u.w.Header().Set("Content-Type", "application/json")
	u.w.WriteHeader(http.StatusOK)
	defer u.release()
	if failed := errors.Join(u.control.SetWriteDeadline(time.Time{}), u.control.Flush()); failed != nil {
		u.endBy(lost(failed))
		return
	}
	failed := u.read()
	if failed != nil && failed.code == lostCode && u.handOver() {
		failed = nil // the call goes on with another request
	} else if failed == nil {
		u.s.remember(u)
	}
	u.endBy(failed)
}

// admit holds the request to the rules of access.
func (u *upload) admit() *refusal {
	key, err := u.s.deps.Signatures.CheckHead(u.r)
	if err != nil {
		return unsigned(err)
	}
	h := u.r.Header
	var refused *refusal
	u.access, refused = u.s.stream(u.r, key, "PutMedia", h.Get("X-Amzn-Stream-Name"), h.Get("X-Amzn-Stream-Arn"))
	u.origin = origin{connectorID: u.access.Connector.ID, accessKeyID: key.ID, started: h.Get("X-Amzn-Producer-Start-Timestamp")}
	switch {
	case refused != nil:
		return refused
	case u.s.awaits(u): // its call has a place already
		return nil
	}
	if refused = u.room(); refused == nil && !u.s.take(&u.seat, u.access.Connector.ID) {
		refused = refuse(http.StatusServiceUnavailable, "full", u.s.full())
	}
	return refused
}

// room refuses an upload that goes on with no call if the server takes no new ones, or if it has no place beside as many feeds as there may be.
func (u *upload) room() *refusal {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	switch {
	case u.s.stopping:
		return stopping
	case timbre.Overloaded(u.s.deps.Load):
		return overloaded
	case len(u.s.live) > u.s.cfg.MaxFeeds && !u.taken:
		return crowded(len(u.s.live) - 1)
	}
	return nil
}
