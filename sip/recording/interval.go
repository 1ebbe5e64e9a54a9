package recording

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// peerSession is the session timer that a request binds its sender to (RFC 4028): only the peer refreshes. There is none
// for a peer that wants this side to refresh, nor for one that does not support timers: then a proxy has asked in its place,
// and the peer would not refresh. Known says that it has shown its support before.
func peerSession(req *gosip.Request, known bool) (s dialog.Session, r *transport.Refusal) {
	p, r := dialog.ReadTimerParams(req)
	if r != nil || !p.Supported && !known {
		return s, r
	}
	if r = p.TooSmall(); r != nil || p.Refresher == "uas" {
		return s, r
	}
	return dialog.Session{Interval: p.Interval}, nil
}
