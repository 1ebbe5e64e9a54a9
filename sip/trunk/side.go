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
	caller = iota // who sent the INVITE
	callee        // the gateway of a route
)

// side is the dialog with one end of a call, with what that end is told about media.
type side struct {
	*dialog.Dialog
	call  *call
	which int    // caller or callee
	realm string // whose passwords are for it: the host of the gateway's route

	secrets    secrets        // of its media, ours
	answerer   *sdp.Answerer  // of its handshakes
	handshakes map[int]string // the protocol of the m-lines that get their keys from one
	author     *author        // of what it is told about media

	mu   sync.Mutex
	got  []byte // the last description that it sent
	told []byte // the last one that it was sent
}

// callerSide is the dialog that an INVITE asks for.
func callerSide(c *call, in Incoming) *side {
	s := &side{call: c, which: caller}
	s.Dialog = dialog.Answer(s.config(in.Request.Transport(), in.Endpoint, in.Source), in.Request)
	s.describes()
	return s
}

// calleeSide is the dialog that an INVITE for a gateway may establish.
func calleeSide(c *call, g gateway, place transport.Endpoint) *side {
	s := &side{call: c, which: callee, realm: g.host}
	uri := g.uri(c.number)
	s.Dialog = dialog.Call(s.config(g.network, place, g.at), c.fromAt(place), gosip.ToHeader{Address: uri}, uri)
	s.describes()
	return s
}

// config is what the dialog of a side needs to know.
func (s *side) config(network string, place transport.Endpoint, peer netip.AddrPort) dialog.Config {
	c := s.call
	return dialog.Config{
		Agent: c.e.agent, Connector: c.connector.ID, Network: network, Endpoint: place, Peer: peer,
		Gateway: s.which == callee, Encrypted: c.connector.RequireEncryption, Allow: c.e.allow(), Supported: "timer",
		Refresh: s.refresh, Prove: s.prove,
		Expired: func() { c.hangUp(c.e.ctx, nil, "the session was not refreshed in time") },
	}
}

// describes prepares what the side is told of media.
func (s *side) describes() {
	address := s.call.e.announced(s.Endpoint())
	s.author, s.secrets = newAuthor(address), secrets{}
	s.answerer, s.handshakes = sdp.NewAnswerer(address), map[int]string{}
	s.answerer.Passive = s.call.e.cfg.LatchAny
}

// other is the side that this one is connected to; nil while there is none.
func (s *side) other() *side { return s.call.sides[1-s.which].Load() }

// tell notes what a side was told of media last.
func (s *side) tell(text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told = text
}

// lastTold is what the side was told of media last.
func (s *side) lastTold() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.told
}
