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
	call    *call
	which   int     // caller or callee
	gateway gateway // of the callee

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
	s.prepareMedia()
	return s
}

// calleeSide is the dialog that an INVITE to a gateway may establish.
func calleeSide(c *call, g gateway, at transport.Endpoint) *side {
	s := &side{call: c, which: callee, gateway: g}
	uri := g.uri(c.number)
	s.Dialog = dialog.NewUAC(s.config(g.network, at, g.at), c.fromHeader(at), gosip.ToHeader{Address: uri}, uri)
	s.prepareMedia()
	return s
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

func (s *side) prepareMedia() {
	address := s.call.ua.announced(s.Endpoint())
	s.writer, s.keys = newWriter(address), sdesKeys{}
	s.answerer, s.handshakes = sdp.NewAnswerer(address), map[int]string{}
	s.answerer.Passive = s.call.ua.cfg.LatchAny
}

// other is the other side of the call; nil while there is none.
func (s *side) other() *side { return s.call.sides[1-s.which].Load() }

// sent records the description that the side was sent.
func (s *side) sent(description []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastSent = description
}

// exchanged returns the last descriptions from the side and to it.
func (s *side) exchanged() (received, sent []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lastReceived, s.lastSent
}

// received records the description that the side has sent.
func (s *side) received(description []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastReceived = description
}
