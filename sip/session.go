package sip

import (
	"strconv"
	"strings"
	"time"

	"timbre/sip/header"

	gosip "github.com/emiago/sipgo/sip"
)

// leastExpiry is the shortest session interval that RFC 4028 allows, in seconds.
const leastExpiry = 90

// sessionExpires reads the session timer that a request offers (RFC 4028). Zero: none that binds the peer. The peer
// refreshes; who wants us to do it gets no timer, and then has to see to it himself.
// So does one who is not timed: a proxy has asked in his place, and he would not refresh what he knows nothing of.
func sessionExpires(req *gosip.Request, timed bool) (time.Duration, *refusal) {
	offered := values(req, "session-expires")
	if len(offered) == 0 {
		return 0, nil
	}
	interval, parameters, _ := strings.Cut(offered[0], ";")
	seconds, err := strconv.ParseUint(strings.TrimSpace(interval), 10, 31)
	switch {
	case err != nil:
		return 0, refuse(400, "malformed", "Session-Expires %.32q", offered[0])
	case !timed:
		return 0, nil
	case seconds < leastExpiry:
		return 0, refuse(422, "session", "a session interval of %d s", seconds).With("Min-SE", strconv.Itoa(leastExpiry))
	case strings.Contains(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "refresher=uas"):
		return 0, nil
	}
	return time.Duration(seconds) * time.Second, nil
}

// promise tells the peer in an answer that the session lasts for an interval, and that the refreshes are his.
func promise(res *gosip.Response, req *gosip.Request, interval time.Duration) {
	if interval == 0 {
		return
	}
	res.AppendHeader(gosip.NewHeader("Session-Expires", strconv.Itoa(int(interval/time.Second))+";refresher=uac"))
	if timed(req) {
		res.AppendHeader(gosip.NewHeader("Require", "timer"))
	}
}

// timed says whether a request's sender knows of session timers.
func timed(req *gosip.Request) bool {
	return header.Has(req, "supported", "timer") || header.Has(req, "require", "timer")
}

// renew sets the session's end anew: a little before the interval is over, as RFC 4028 wants it. Zero: it has none.
func (s *Server) renew(d *dialog, interval time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.expiry != nil {
		d.expiry.Stop()
		d.expiry = nil
	}
	if interval == 0 || d.over {
		return
	}
	d.expiry = time.AfterFunc(interval-min(32*time.Second, interval/3), func() {
		s.stack.Do(func() { s.hangUp(d, "the session was not refreshed in time") })
	})
}
