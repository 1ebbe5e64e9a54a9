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
	// DefaultSession is the interval of a session where the peer asks for none.
	DefaultSession = 30 * time.Minute
	// minSession is the shortest interval that RFC 4028 allows.
	minSession = 90 * time.Second
)

// Session is a session timer as it was agreed (RFC 4028). The zero value is none.
type Session struct {
	Interval       time.Duration
	LocalRefresher bool // this side refreshes; else the peer does
}

// TimerParams are the session timer parameters of a message.
type TimerParams struct {
	Interval  time.Duration // of Session-Expires; zero: absent
	MinSE     time.Duration // of Min-SE; zero: absent
	Refresher string        // uac, uas or empty
	Supported bool          // its sender supports session timers
}

// ReadTimerParams reads Session-Expires, Min-SE, Supported and Require. A Min-SE that cannot be read is ignored.
func ReadTimerParams(m header.Message) (p TimerParams, r *transport.Refusal) {
	p.Supported = header.Has(m, "supported", "timer") || header.Has(m, "require", "timer")
	p.MinSE, _, _ = duration(m, "min-se")
	p.Interval, p.Refresher, r = duration(m, "session-expires")
	return p, r
}

// TooSmall is the refusal of an interval that is shorter than RFC 4028 allows; nil when it is not.
func (p TimerParams) TooSmall() *transport.Refusal {
	if p.Interval == 0 || p.Interval >= minSession {
		return nil
	}
	return transport.Refuse(422, "session", "session interval %v is too small", p.Interval).With("Min-SE", seconds(minSession))
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
	case s.LocalRefresher:
		res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(s.Interval)+";refresher=uas"))
	default:
		res.AppendHeader(gosip.NewHeader("Session-Expires", seconds(s.Interval)+";refresher=uac"))
		if p, _ := ReadTimerParams(req); p.Supported {
			res.AppendHeader(gosip.NewHeader("Require", "timer"))
		}
	}
}

// Ask writes the session into a request of this side. In a dialog the refresher stays who it is. MinSE is the one that
// the peer has asked for; zero: none.
func (s Session) Ask(req *gosip.Request, minSE time.Duration) {
	value := seconds(max(s.Interval, minSE))
	switch {
	case !req.To().Params.Has("tag"):
	case s.LocalRefresher:
		value += ";refresher=uac"
	default:
		value += ";refresher=uas"
	}
	req.AppendHeader(gosip.NewHeader("Session-Expires", value))
	req.AppendHeader(gosip.NewHeader("Min-SE", seconds(max(minSession, minSE))))
	req.AppendHeader(gosip.NewHeader("Supported", "timer"))
}

// Granted is the session that a response to a request of this side grants. Where the peer grants none, one below 90 s, or one
// that cannot be read, this side refreshes at the default interval, so that the death of the peer is noticed.
func Granted(res *gosip.Response) Session {
	p, r := ReadTimerParams(res)
	if r != nil || p.Interval < minSession {
		return Session{Interval: DefaultSession, LocalRefresher: true}
	}
	return Session{Interval: p.Interval, LocalRefresher: p.Refresher != "uas"}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }
