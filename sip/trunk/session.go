package trunk

import (
	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// wished is the session that a request of the peer asks for. It refreshes if it can; else we do, which needs nothing of it.
func wished(req *gosip.Request) (s dialog.Session, r *transport.Refusal) {
	w, r := dialog.ReadWish(req)
	if r != nil {
		return s, r
	}
	if w.Interval == 0 {
		return dialog.Session{Interval: max(dialog.UsualSession, w.Least), Ours: true}, nil
	}
	return dialog.Session{Interval: w.Interval, Ours: w.Refresher == "uas" || !w.Timed}, w.TooSmall()
}
