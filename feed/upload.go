package feed

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"timbre"
	"timbre/feed/matroska"
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
	cancel   context.CancelFunc // of ctx

	mu  sync.Mutex
	end *failure // why the feed ends; nil while it is live
}

func newUpload(s *Server, w http.ResponseWriter, r *http.Request) *upload {
	u := &upload{intake: newIntake(s, r.RemoteAddr), w: w, r: r, control: http.NewResponseController(w)}
	u.ctx, u.cancel = context.WithCancel(r.Context())
	u.acks = acks{w: w, control: u.control, from: s.env.Now().UnixMilli()}
	return u
}

// serve reads the body to its end, or to the end of the call.
func (u *upload) serve() {
	defer u.cancel()
	if refused := u.admit(); refused != nil {
		u.s.refuseKinesis(u.w, u.r, refused)
		return
	}
	if err := u.control.EnableFullDuplex(); err != nil {
		u.s.refuseKinesis(u.w, u.r, refuse(http.StatusInternalServerError, "internal", err.Error()))
		return
	}
	u.w.Header().Set("Content-Type", "application/json")
	u.w.WriteHeader(http.StatusOK)
	defer u.release()
	if failed := errors.Join(u.control.SetWriteDeadline(time.Time{}), u.control.Flush()); failed != nil {
		u.endBy(lost(failed))
		return
	}
	u.endBy(u.read())
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
	switch {
	case refused != nil:
		return refused
	case timbre.Overloaded(u.s.deps.Load):
		return refuse(http.StatusServiceUnavailable, "overload", "the server is overloaded")
	case !u.s.take(&u.seat, u.access.Connector.ID):
		return refuse(http.StatusServiceUnavailable, "full", u.s.full())
	}
	return nil
}

// read takes the items of the stream. It returns nil at its end.
func (u *upload) read() *failure {
	stream := matroska.NewReader(u.r.Body)
	started := u.s.env.Steady()
	for {
		if failed := u.await(started); failed != nil {
			return failed
		}
		item, err := stream.Next()
		switch {
		case errors.Is(err, io.EOF):
			return u.acks.persisted()
		case err != nil:
			return uploadFailure(err)
		}
		duration, failed := u.handle(item)
		if failed != nil {
			return failed
		}
		u.pause(duration)
	}
}

// await sets how long the next item may take, unless the feed has been stopped.
func (u *upload) await(started time.Time) *failure {
	left := u.s.cfg.IdleTimeout
	if u.transactionID == "" {
		left = u.s.cfg.StartTimeout - u.s.env.Steady().Sub(started)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.end != nil {
		return u.end
	}
	if err := u.control.SetReadDeadline(time.Now().Add(left)); err != nil {
		return lost(err)
	}
	return nil
}

// handle acts on an item, and returns how much audio it was.
func (u *upload) handle(item any) (audio time.Duration, _ *failure) {
	switch i := item.(type) {
	case matroska.Start:
		u.recorded.restart()
	case matroska.Track:
		return 0, u.recorded.describe(i)
	case matroska.Tag:
		u.recorded.tag(i)
	case matroska.Cluster:
		if failed := u.recorded.cluster(i); failed != nil {
			return 0, failed
		}
		return 0, u.acks.begin(i.Timecode)
	case matroska.Block:
		return u.block(i)
	}
	return 0, nil
}

// block takes audio; the first begins the call.
func (u *upload) block(b matroska.Block) (audio time.Duration, _ *failure) {
	p, of := u.recorded.piece(b)
	switch {
	case !of: // a track without audio
		return 0, nil
	case u.transactionID == "":
		u.start = u.recorded.message()
		if u.s.isStopping() {
			return 0, fail("unavailable", "the server is stopping")
		}
		if failed := u.enter(u.access, "kinesis", u.start.tracks); failed != nil {
			return 0, failed
		}
	}
	if u.tracks[p.name] == nil {
		if failed := u.join(p.track); failed != nil {
			return 0, failed
		}
	}
	return u.hear(p), nil
}

// stop implements liveFeed.
func (u *upload) stop(reason *failure) {
	u.endBy(reason)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.cancel()
	_ = u.control.SetReadDeadline(time.Now()) // the read that waits fails
}

// endBy records why the feed ends, unless it has a reason already. Nil: its sender has hung up.
func (u *upload) endBy(reason *failure) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.end == nil && reason == nil {
		reason = hungUp
	}
	if u.end == nil {
		u.end = reason
	}
}

// release ends the call if it is live, and tells the sender why it ended, unless that has hung up.
func (u *upload) release() {
	u.endBy(internalFailure(nil)) // without a reason yet: a panic
	reason, detail := u.end, ""
	if reason != hungUp {
		detail = reason.detail
		u.s.metrics.failed.WithLabelValues(reason.code).Inc()
		u.s.env.Repeats.Count(u.s.env.Log, reason.code, "feed failed", "reason", reason.code, "detail", detail, "error", reason.err, "peer", u.peer,
			"transaction", u.transactionID)
		u.acks.failed(reason)
	}
	u.endCall(detail)
}

// uploadFailure is that of a stream that cannot be read any more.
func uploadFailure(err error) *failure {
	if wrong := (*matroska.Malformed)(nil); errors.As(err, &wrong) {
		return fail("bad_message", wrong.Error())
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return fail("idle", "no audio came in time")
	}
	return lost(err)
}

// lost is the failure of a connection that is broken.
func lost(err error) *failure { return &failure{"lost", "the connection was lost", err} }
