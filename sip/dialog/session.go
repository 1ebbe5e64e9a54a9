package dialog

import (
	"strconv"
	"strings"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/transport"
)

const (
	// UsualSession is the interval of a session where the peer has no wish.
	UsualSession = 30 * time.Minute
	// LeastSession is the shortest interval that RFC 4028 allows.
	LeastSession = 90 * time.Second
)

// Session is a session timer as it was agreed (RFC 4028). The zero value is none.
type Session struct {
	Interval time.Duration
	Ours     bool // this side refreshes; else the peer does
}

// Wish is what a message says of session timers.
type Wish struct {
	Interval  time.Duration // of Session-Expires; zero: absent
	Least     time.Duration // of Min-SE; zero: absent
	Refresher string        // uac, uas or empty
	Timed     bool          // its sender supports session timers
}

// ReadWish reads Session-Expires, Min-SE, Supported and Require. A Min-SE that cannot be read is ignored.
func ReadWish(m header.Message) (w Wish, r *transport.Refusal) {
	w.Timed = header.Has(m, "supported", "timer") || header.Has(m, "require", "timer")
	w.Least, _, _ = duration(m, "min-se")
	w.Interval, w.Refresher, r = duration(m, "session-expires")
	return w, r
}

// TooSmall is the refusal of an interval that is shorter than RFC 4028 allows; nil when it is not.
func (w Wish) TooSmall() *transport.Refusal {
	if w.Interval == 0 || w.Interval >= LeastSession {
		return nil
	}
	return transport.Refuse(422, "session", "session interval %v is too small", w.Interval).With("Min-SE", seconds(LeastSession))
}

// duration reads a header of seconds with parameters, of which it returns the refresher; zero without the header.
func duration(m header.Message, name string) (d time.Duration, refresher string, r *transport.Refusal) {
	value := header.Value(m, name)
	if value == "" {
		return 0, "", nil
	}
	number, _, _ := strings.Cut(value, ";")
	n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 31)
	if err != nil {
		return 0, "", transport.Refuse(400, "malformed", "%s %.32q", name, value)
	}
	refresher, _ = header.Parameter(value, "refresher")
	return time.Duration(n) * time.Second, strings.ToLower(refresher), nil
}

// Grant writes the session into the response to a request (RFC 4028, 9).
func (s Session) Grant(res *gosip.Response, req *gosip.Request) {
	switch {
	case s.Interval == 0:
	case s.Ours:
		res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(s.Interval)+";refresher=uas"))
	default:
		res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(s.Interval)+";refresher=uac"))
		if w, _ := ReadWish(req); w.Timed {
			res.AppendHeader(gosip.NewHeader("Require", "timer"))
		}
	}
}

// Ask writes the session into a request of this side. In a dialog the refresher stays who it is. Least is the Min-SE that
// the peer has asked for; zero: none.
func (s Session) Ask(req *gosip.Request, least time.Duration) {
	value := seconds(max(s.Interval, least))
	switch {
	case !req.To().Params.Has("tag"):
	case s.Ours:
		value += ";refresher=uac"
	default:
		value += ";refresher=uas"
	}
	req.AppendHeader(gosip.NewHeader("Session-Expires", value))
	req.AppendHeader(gosip.NewHeader("Min-SE", seconds(max(LeastSession, least))))
	req.AppendHeader(gosip.NewHeader("Supported", "timer"))
}

// Granted is the session that a response to a request of this side grants. A peer that grants none is refreshed all the same,
// so that its death is noticed.
func Granted(res *gosip.Response) Session {
	w, r := ReadWish(res)
	if r != nil || w.Interval < LeastSession {
		return Session{Interval: UsualSession, Ours: true}
	}
	return Session{Interval: w.Interval, Ours: w.Refresher != "uas"}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
