package trunk

import (
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

const (
	// usualSession is how long a session lasts without a refresh, where the peer has no wish.
	usualSession = 30 * time.Minute
	// leastSession is the shortest interval that RFC 4028 allows.
	leastSession = 90 * time.Second
	// tooSmall is the status code for a shorter one.
	tooSmall = 422
)

// session is the session timer of one side (RFC 4028): both have their own.
type session struct {
	interval time.Duration
	ours     bool // we refresh
	timer    *time.Timer
}

// interval reads a header of a duration in seconds with parameters; zero without.
func interval(m header.Message, name string) (d time.Duration, parameters string, r *Refusal) {
	value := header.Value(m, name)
	if value == "" {
		return 0, "", nil
	}
	number, parameters, _ := strings.Cut(value, ";")
	seconds, err := strconv.ParseUint(strings.TrimSpace(number), 10, 31)
	if err != nil {
		return 0, "", refuse(400, "malformed", "%s %.32q", name, value)
	}
	return time.Duration(seconds) * time.Second, strings.ReplaceAll(strings.ToLower(parameters), " ", ""), nil
}

// wished is the session that a request of the peer asks for. It refreshes if it can; else we do, which needs nothing of it.
func wished(req *gosip.Request) (session, *Refusal) {
	d, parameters, r := interval(req, "session-expires")
	least, _, r2 := interval(req, "min-se")
	switch {
	case r != nil:
		return session{}, r
	case r2 != nil:
		return session{}, r2
	case d == 0:
		return session{interval: max(usualSession, least), ours: true}, nil
	case d < leastSession:
		return session{}, refuse(422, "session", "a session interval of %v", d).with("Min-SE", seconds(leastSession))
	}
	return session{interval: d, ours: strings.Contains(parameters, "refresher=uas") || !header.Has(req, "supported", "timer")}, nil
}

// promise tells the peer in an answer what its session is.
func (w session) promise(res *gosip.Response) {
	if w.ours {
		res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(w.interval)+";refresher=uas"))
	} else {
		res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(w.interval)+";refresher=uac"))
		res.AppendHeader(gosip.NewHeader("Require", "timer"))
	}
	res.AppendHeader(gosip.NewHeader("Supported", "timer"))
}

// ask tells the peer in a request of ours which session we want: the one that there is.
func (w session) ask(req *gosip.Request, least time.Duration) {
	value := seconds(max(w.interval, least))
	if req.To().Params.Has("tag") { // of a session that there is
		if w.ours {
			value += ";refresher=uac"
		} else {
			value += ";refresher=uas"
		}
	}
	req.AppendHeader(gosip.NewHeader("Session-Expires", value))
	req.AppendHeader(gosip.NewHeader("Min-SE", seconds(max(leastSession, least))))
	req.AppendHeader(gosip.NewHeader("Supported", "timer"))
}

// granted is the session that an answer to a request of ours gives. One who grants none is asked all the same, so that its
// death is noticed.
func granted(res *gosip.Response) session {
	d, parameters, r := interval(res, "session-expires")
	if r != nil || d < leastSession {
		return session{interval: usualSession, ours: true}
	}
	return session{interval: d, ours: !strings.Contains(parameters, "refresher=uas")}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// renew sets the session's end anew, or the time of our next refresh: half of the interval is over then. The peer has until
// a little before its end.
func (s *side) renew(w session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session.timer != nil {
		s.session.timer.Stop()
	}
	if s.call.isOver() {
		return
	}
	wait, then := w.interval-min(32*time.Second, w.interval/3), func() { s.call.hangUp(s.call.e.ctx, nil, "the session was not refreshed in time") }
	if w.ours {
		next := session{interval: w.interval, ours: true}
		wait, then = w.interval/2, func() { s.refresh(next) }
	}
	w.timer = time.AfterFunc(wait, func() { s.call.e.agent.Do(then) })
	s.session = w
}

// current is the session as it is.
func (s *side) current() session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session.interval == 0 {
		return session{interval: usualSession, ours: true}
	}
	return session{interval: s.session.interval, ours: s.session.ours}
}

// stopTimer ends the session timer for good.
func (s *side) stopTimer() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session.timer != nil {
		s.session.timer.Stop()
	}
}
