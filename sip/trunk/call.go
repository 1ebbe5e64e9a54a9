package trunk

import (
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// call is one call that is put through.
type call struct {
	e         *Exchange
	connector timbre.Connector
	invite    *gosip.Request // of the caller
	described []byte         // in it; nil: nothing
	tx        gosip.ServerTransaction
	from      string // who calls
	number    string // that is called
	mark      string
	forwards  int            // that are left
	wanted    dialog.Session // of the caller's side
	sides     [2]atomic.Pointer[side]
	first     *claim // of the INVITE
	over      func()
	done      chan struct{} // closed when the call is over
	gaveUp    chan struct{} // closed when the caller does not want it any more, before it was answered
	givingUp  sync.Once

	mu        sync.Mutex
	changing  *claim        // on the session; nil: none
	changed   chan struct{} // closed when it is given back
	up        [2]bool       // sides that have been answered, or have answered
	txid      string        // of the analysis; empty without
	missed    *timbre.Call  // what is to be told of a call whose analysis could not begin; nil otherwise
	legs      []timbre.Leg
	cause     string // why it is over, when not by a hang-up
	concluded bool

	media   sync.Mutex
	pairs   map[int]*pair // by m-line
	heard   int           // the m-line that is heard; -1 without
	tapped  *pair         // that of this m-line, also when the call is over
	closed  bool
	warned  bool // that it cannot be heard
	taps    [2]tap
	silence dialog.Silence
}

// newCall takes an INVITE in.
func (e *Exchange) newCall(in Incoming) (*call, *transport.Refusal) {
	c := &call{
		e: e, connector: in.Connector, from: siprec.User(in.Request.From().Value()), invite: in.Request, described: in.Description, tx: in.Tx, number: numberOf(in), over: in.Over,
		done: make(chan struct{}), gaveUp: make(chan struct{}), changed: make(chan struct{}), pairs: map[int]*pair{}, heard: -1,
	}
	c.silence.Restart(e.now())
	c.mark = e.mark(c.connector.ID, c.number)
	var r *transport.Refusal
	if c.forwards, r = e.forwards(in.Request, c.mark); r != nil {
		return nil, r
	}
	if c.wanted, r = wished(in.Request); r != nil {
		return nil, r
	}
	c.sides[caller].Store(callerSide(c, in))
	c.first = &claim{c.caller()}
	c.changing = c.first // until it is answered
	c.legs = []timbre.Leg{
		{Side: timbre.Caller, Index: caller, Party: in.Request.From().Address.String()},
		{Side: timbre.Callee, Index: callee, Party: in.Request.To().Address.String()},
	}
	e.sides.begin(c)
	e.sides.put(c.caller())
	if e.isLeaving() { // since nobody has seen it yet
		c.end("")
		return nil, transport.Refuse(503, "unavailable", "the server is being stopped").With("Retry-After", "10")
	}
	return c, nil
}

// numberOf is who is called: the user part of the Request-URI or, where that names the connector, of the To header.
func numberOf(in Incoming) string {
	user := in.Request.Recipient.User
	if user == "" || strings.EqualFold(user, in.Connector.ID) {
		user = siprec.User(in.Request.To().Value())
	}
	return user
}

func (c *call) caller() *side { return c.sides[caller].Load() }

func (c *call) isOver() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

// giveUp ends a call that rings, at the wish of the caller.
func (c *call) giveUp() { c.givingUp.Do(func() { close(c.gaveUp) }) }

func (c *call) isGivenUp() bool {
	select {
	case <-c.gaveUp:
		return true
	default:
		return false
	}
}

// isUp says whether a side has been answered, or has answered.
func (c *call) isUp(s *side) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s != nil && c.up[s.which]
}

func (c *call) setUp(s *side) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up[s.which] = true
}

// listenAt is where the media of a side is received. With an address of its own to announce, a server may get it anywhere,
// and a gateway has yet to say where it sends from.
func (c *call) listenAt(s *side) netip.Addr {
	if c.e.outside(s.Endpoint()).IsValid() || s.which == callee {
		return netip.Addr{}
	}
	return s.Endpoint().Addr.Addr()
}

// failed counts a call that was not put through.
func (c *call) failed(code int) { c.e.metrics.failed.WithLabelValues(strconv.Itoa(code)).Inc() }
