package recording

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// peerSession is the session timer that a request asks for (RFC 4028). This side refreshes if the peer wants that, and else the peer does.
// There is none for a peer that names nobody and does not support timers: then a proxy has asked in its place, and the peer would not
// refresh. Known says that it has shown its support before.
func peerSession(req *gosip.Request, known bool) (s dialog.Session, r *transport.Refusal) {
	p, r := dialog.ReadTimerParams(req)
	if r != nil || !p.Supported && !known && p.Refresher != "uas" {
		return s, r
	}
	return dialog.Session{Interval: p.Interval, LocalRefresher: p.Refresher == "uas" && p.Interval > 0}, p.TooSmall()
}
