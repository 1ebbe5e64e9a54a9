package trunk

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"
	"golang.org/x/time/rate"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// call is one bridged call.
type call struct {
	ua           *B2BUA
	connector    timbre.Connector
	access       timbre.Access // of the caller
	toll         timbre.Toll
	invite       *gosip.Request // of the caller
	offer        []byte         // the session description in it; nil: none
	tx           gosip.ServerTransaction
	from         string // the caller's number
	number       string // that is called
	loopToken    string
	forwards     int            // Max-Forwards of the outgoing INVITE
	session      dialog.Session // that the caller's INVITE asks for
	sides        [2]atomic.Pointer[side]
	early        atomic.Pointer[attempt] // in an early dialog of which a session was agreed on; nil: none, or the call is answered
	first        *claim                  // of the INVITE
	provisionals *dialog.Provisionals    // that the caller is sent reliably
	progressing  *rate.Limiter           // of provisional responses that the caller is sent
	over         func()
	done         chan struct{} // closed when the call is over
	invited      chan struct{} // closed when the caller's INVITE is done with: acknowledged, or never will be
	cancelled    chan struct{} // closed when the caller cancels the call before it is answered
	cancel       func()        // closes cancelled; once

	mu         sync.Mutex
	changing   *claim        // on the session; nil: none
	changed    chan struct{} // closed when it is released
	answered   [2]bool       // by side: it has been answered, or has answered
	analysis   analysis
	announcing sync.Mutex // held while the call is announced

	media   sync.Mutex
	pairs   map[int]*pair // by m-line
	tapped  int           // the m-line whose audio is analysed; -1: none yet
	audio   *pair         // of that m-line, also when the call is over
	closed  bool
	warned  bool // that it cannot be analysed
	taps    [2]dialog.Listener
	silence dialog.Silence
}

// newCall makes the call of an INVITE.
func (u *B2BUA) newCall(in Incoming) (*call, *transport.Refusal) {
	c := &call{
		ua: u, connector: in.Connector, from: siprec.User(in.Request.From().Value()), invite: in.Request, offer: in.Description, tx: in.Tx,
		number: numberOf(in), over: in.Over, done: make(chan struct{}),
		invited: make(chan struct{}), cancelled: make(chan struct{}), changed: make(chan struct{}),
		pairs: map[int]*pair{}, tapped: -1, progressing: rate.NewLimiter(progressRate, progressBurst),
	}
	c.cancel = sync.OnceFunc(func() { close(c.cancelled) })
	c.silence.Restart(u.env.Steady())
	c.loopToken = u.loopToken(c.connector.ID, c.number)
	c.access = in.Access
	var r *transport.Refusal
	if c.forwards, r = u.forwards(in.Request, c.loopToken); r != nil {
		return nil, r
	}
	if c.session, r = requestedSession(in.Request); r != nil {
		return nil, r
	}
	if r = c.admitToll(); r != nil {
		return nil, r
	}
	c.sides[caller].Store(callerSide(c, in))
	c.provisionals = dialog.NewProvisionals(c.caller().Dialog, in.Request, in.Tx, uint32(1+u.env.Random()*(1<<30)))
	c.first = &claim{caller}
	c.changing = c.first // until it is answered
	c.analysis.legs = []timbre.Leg{
		{Side: timbre.Caller, Index: caller, Party: in.Request.From().Address.String()},
		{Side: timbre.Callee, Index: callee, Party: in.Request.To().Address.String()},
	}
	u.live.begin(c)
	u.live.put(c.caller())
	if u.isLeaving() { // Leave has not seen it
		c.end("")
		return nil, transport.Refuse(503, "unavailable", "the server is stopping").With("Retry-After", "10")
	}
	return c, nil
}

// numberOf is the called number: the user part of the Request-URI or, where that names the connector, of the To header.
func numberOf(in Incoming) string {
	user := in.Request.Recipient.User
	if user == "" || strings.EqualFold(user, in.Connector.ID) {
		user = siprec.User(in.Request.To().Value())
	}
	return user
}

func (c *call) caller() *side { return c.sides[caller].Load() }

// id is the Call-ID of the caller's dialog, by which the log names the call.
func (c *call) id() string { return c.invite.CallID().Value() }

func (c *call) isOver() bool { return timbre.IsClosed(c.done) }

func (c *call) isCancelled() bool { return timbre.IsClosed(c.cancelled) }

// isAnswered reports whether a side has been answered, or has answered.
func (c *call) isAnswered(s *side) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s != nil && c.answered[s.which]
}

func (c *call) setAnswered(s *side) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answered[s.which] = true
}

// failed counts a call that was not bridged.
func (c *call) failed(code int) { c.ua.metrics.failed.WithLabelValues(strconv.Itoa(code)).Inc() }
