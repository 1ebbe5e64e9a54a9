package trunk

import (
	"net/netip"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/dialog"
	"timbre/sip/sdp"
	"timbre/sip/transport"
)

// The sides of a call.
const (
	caller = iota // the sender of the INVITE
	callee        // the gateway of a route
)

// side is the dialog with one end of a call, and what that end has said and been sent about media.
type side struct {
	*dialog.Dialog
	*exchange
	call    *call
	which   int     // caller or callee
	gateway gateway // of the callee
}

// exchange is what one end has said and been sent about media, in all the dialogs that an INVITE to it makes.
type exchange struct {
	keys       sdesKeys       // local ones, of its media
	answerer   *sdp.Answerer  // of its DTLS handshakes
	handshakes map[int]string // the protocol of each m-line that is keyed by DTLS
	writer     *writer        // of the descriptions that it is sent

	mu           sync.Mutex
	lastReceived []byte  // the last description from it
	lastSent     []byte  // the last description to it
	realm        *string // of its first challenge that was answered
}

// callerSide is the dialog that an INVITE asks for.
func callerSide(c *call, in Incoming) *side {
	s := &side{call: c, which: caller}
	s.Dialog = dialog.NewUAS(s.config(in.Request.Transport(), in.Endpoint, in.Source), in.Request)
	s.exchange = s.newExchange()
	return s
}

// calleeSide is the dialog that an INVITE to a gateway may establish.
func calleeSide(c *call, g gateway, at transport.Endpoint) *side {
	s := &side{call: c, which: callee, gateway: g}
	uri := g.uri(c.number)
	s.Dialog = dialog.NewUAC(s.config(g.network, at, g.at), c.fromHeader(at), gosip.ToHeader{Address: uri}, uri)
	s.exchange = s.newExchange()
	return s
}

// early is the side in an early dialog of its INVITE.
func (s *side) early(in *dialog.Early) *side {
	return &side{in.Dialog, s.exchange, s.call, s.which, s.gateway}
}

func (s *side) config(network string, at transport.Endpoint, peer netip.AddrPort) dialog.Config {
	c := s.call
	return dialog.Config{
		Agent: c.ua.deps.Agent, Connector: c.connector.ID, Network: network, Endpoint: at, Peer: peer,
		Gateway: s.which == callee, Encrypted: c.connector.RequireEncryption, Allow: c.ua.allow(), Supported: "timer, " + dialog.Reliable,
		Refresh: s.refresh, Authorize: s.authorize,
		Expired: func() { c.hangUp(c.ua.ctx, nil, "the session was not refreshed in time") },
	}
}

func (s *side) newExchange() *exchange {
	address := s.call.ua.announced(s.Endpoint())
	e := &exchange{keys: sdesKeys{}, answerer: sdp.NewAnswerer(address), handshakes: map[int]string{}, writer: newWriter(address)}
	e.answerer.Passive = s.call.ua.cfg.LatchAny
	return e
}

// other is the other side of the call; nil while there is none. Before the call is answered it is the early dialog in which a session
// was agreed on, if there is one.
func (s *side) other() *side {
	if a := s.call.early.Load(); a != nil && s.which == caller {
		return a.agreed.Load()
	}
	return s.call.sides[1-s.which].Load()
}

// sent records the description that the end was sent.
func (e *exchange) sent(description []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastSent = description
}

// exchanged returns the last descriptions from the end and to it.
func (e *exchange) exchanged() (received, sent []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.lastReceived, e.lastSent
}

// received records the description that the end has sent.
func (e *exchange) received(description []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastReceived = description
}
