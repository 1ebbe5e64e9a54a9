package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// requestedSession is the session timer that a request asks for. The peer refreshes if it can; else this side does, which
// needs no support of the peer's.
func requestedSession(req *gosip.Request) (s dialog.Session, r *transport.Refusal) {
	w, r := dialog.ReadWish(req)
	if r != nil {
		return s, r
	}
	if w.Interval == 0 {
		return dialog.Session{Interval: max(dialog.UsualSession, w.Least), Ours: true}, nil
	}
	return dialog.Session{Interval: w.Interval, Ours: w.Refresher == "uas" || !w.Timed}, w.TooSmall()
}
