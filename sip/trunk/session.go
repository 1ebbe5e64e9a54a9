package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// requestedSession is the session timer that a request asks for. The peer refreshes if it can; else this side does, which
// needs no support of the peer's.
func requestedSession(req *gosip.Request) (s dialog.Session, r *transport.Refusal) {
	p, r := dialog.ReadTimerParams(req)
	if r != nil {
		return s, r
	}
	if p.Interval == 0 {
		return dialog.Session{Interval: max(dialog.DefaultSession, p.MinSE), LocalRefresher: true}, nil
	}
	return dialog.Session{Interval: p.Interval, LocalRefresher: p.Refresher == "uas" || !p.Supported}, p.TooSmall()
}
