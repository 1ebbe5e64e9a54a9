package feed

import (
	"errors"
	"os"
	"time"

	"timbre/feed/matroska"
)

// stop implements liveFeed.
func (u *upload) stop(reason *failure) {
	u.endBy(reason)
	u.cancel()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.interrupt()
}

// finish leaves the connection to the next request.
func (u *upload) finish() {
	u.cancel()
	u.s.unfollow(u)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.over = true
}

// interrupt makes the read that waits fail. The caller holds mu.
func (u *upload) interrupt() {
	if !u.over {
		_ = u.control.SetReadDeadline(time.Now())
	}
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
		return idle
	}
	return lost(err)
}

// idle is the failure of a stream that has brought no audio for too long.
var idle = fail("idle", "no audio came in time")

const lostCode = "lost"

// lost is the failure of a connection that is broken.
func lost(err error) *failure { return &failure{lostCode, "the connection was lost", err} }
