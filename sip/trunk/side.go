package trunk

import (
	"net/netip"
	"strings"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
	"timbre/sip/sdp"
)

// The sides of a call.
const (
	caller = iota // who sent the INVITE
	callee        // the gateway of a route
)

// side is the dialog with one end of a call.
type side struct {
	call    *call
	which   int            // caller or callee
	network string         // udp, tcp or tls
	place   Place          // ours in this dialog
	peer    netip.AddrPort // where its messages come from
	callID  string
	local   gosip.FromHeader // us, with our tag
	remote  gosip.ToHeader   // the peer, with its tag once it has one
	realm   string           // whose passwords are for it: the host of the gateway's route
	secrets secrets          // of its media, ours

	answering  *sdp.Answering // of its handshakes
	handshakes map[int]string // the protocol of the m-lines that get their keys from one

	author *author // of what it is told about media

	mu      sync.Mutex
	target  gosip.Uri // where requests go
	routes  []string  // by way of these
	seq     uint32    // of our last request
	theirs  uint32    // of the peer's last request
	updates bool      // it understands UPDATE
	got     []byte    // the last description that it sent
	told    []byte    // the last one that it was sent
	acks    map[uint32]waiting
	session session
}

func (s *side) id() string {
	return gosip.DialogIDMake(s.callID, s.local.Params.GetOr("tag", ""), s.remote.Params.GetOr("tag", ""))
}

// callerSide is the dialog that an INVITE asks for.
func callerSide(c *call, in Incoming, tag string) *side {
	req := in.Request
	s := &side{
		call: c, which: caller, network: strings.ToLower(req.Transport()), place: in.Place, peer: in.Source,
		callID: req.CallID().Value(), local: req.To().AsFrom(), remote: req.From().AsTo(), theirs: req.CSeq().SeqNo,
		target: *req.Contact().Address.Clone(), acks: map[uint32]waiting{},
	}
	s.local.Params.Add("tag", tag)
	for _, r := range req.GetHeaders("record-route") {
		s.routes = append(s.routes, r.Value())
	}
	s.learn(req)
	s.describes()
	return s
}

// describes prepares what the side is told of media.
func (s *side) describes() {
	address := s.call.e.announced(s.place)
	s.author, s.secrets = newAuthor(address), secrets{}
	s.answering, s.handshakes = sdp.NewAnswering(address), map[int]string{}
	s.answering.Passive = s.call.e.cfg.LatchAny
}

// learn notes what a message of the peer says of what it understands.
func (s *side) learn(m header.Message) {
	if header.Value(m, "allow") != "" {
		s.updates = header.Has(m, "allow", "UPDATE")
	}
}

// established takes what an answer to our INVITE says of the dialog.
func (s *side) established(res *gosip.Response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remote = *res.To()
	s.routes = nil
	for _, r := range res.GetHeaders("record-route") {
		s.routes = append([]string{r.Value()}, s.routes...)
	}
	s.retarget(res.Contact())
	s.learn(res)
}

// retarget notes where requests go from now on. The caller holds mu.
func (s *side) retarget(contact *gosip.ContactHeader) {
	if contact != nil && contact.Address.Host != "" {
		s.target = *contact.Address.Clone()
	}
}

// proceed notes the sequence number of a request of the peer; false: it is not the next one.
func (s *side) proceed(seq uint32) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seq <= s.theirs {
		return false
	}
	s.theirs = seq
	return true
}

// waiting is somebody who expects an ACK, and holds the right to change the session until it comes.
type waiting struct {
	ack chan *gosip.Request
	by  *claim
}

// expect gives the channel on which the ACK for an INVITE of a sequence number will come.
func (s *side) expect(seq uint32, by *claim) chan *gosip.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := waiting{make(chan *gosip.Request, 1), by}
	s.acks[seq] = w
	return w.ack
}

// acknowledged gives an ACK to whoever expects it.
func (s *side) acknowledged(ack *gosip.Request) {
	s.mu.Lock()
	seq := ack.CSeq().SeqNo
	w, expected := s.acks[seq]
	delete(s.acks, seq)
	s.mu.Unlock()
	if !expected {
		return
	}
	if len(ack.Body()) == 0 {
		s.call.release(w.by) // nothing is left to be settled: the peer may ask for the next change at once
	}
	w.ack <- ack
}

// other is the side that this one is put through to; nil while there is none.
func (s *side) other() *side { return s.call.sides[1-s.which].Load() }

// contact is how the peer reaches us in this dialog.
func (s *side) contact() *gosip.ContactHeader {
	h := &gosip.ContactHeader{Address: gosip.Uri{Scheme: "sip", User: "timbre", Host: s.place.told().Addr().String(), Port: int(s.place.told().Port())}}
	if s.network != "udp" {
		h.Address.UriParams.Add("transport", s.network)
	}
	return h
}

// response is an answer within this dialog.
func (s *side) response(req *gosip.Request, code int, phrase string) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, code, phrase, nil)
	res.To().Params.Add("tag", s.local.Params.GetOr("tag", ""))
	res.AppendHeader(s.contact())
	res.AppendHeader(gosip.NewHeader("Allow", s.call.e.allow()))
	return res
}

// request makes the next request of this dialog (RFC 3261, 12.2).
func (s *side) request(method gosip.RequestMethod) *gosip.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	req := s.message(method, s.seq)
	if method != gosip.BYE {
		req.AppendHeader(s.contact())
	}
	return req
}

// ack makes the ACK for a 2xx to an INVITE of ours.
func (s *side) ack(seq uint32, body []byte) *gosip.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	req := s.message(gosip.ACK, seq)
	req.AppendHeader(s.contact())
	describe(req, body)
	return req
}

// message is a request of the dialog, on its way. The caller holds mu.
func (s *side) message(method gosip.RequestMethod, seq uint32) *gosip.Request {
	req := gosip.NewRequest(method, *s.target.Clone())
	s.call.e.address(req, s.network, s.place)
	forwards := gosip.MaxForwardsHeader(mostForwards)
	req.AppendHeader(&forwards)
	from, to := s.local, s.remote
	from.Params, to.Params = from.Params.Clone(), to.Params.Clone()
	req.AppendHeader(&from)
	req.AppendHeader(&to)
	id := gosip.CallIDHeader(s.callID)
	req.AppendHeader(&id)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: seq, MethodName: method})
	for _, r := range s.routes {
		req.AppendHeader(gosip.NewHeader("Route", r))
	}
	req.SetBody(nil)
	connected := s.network != "udp" && s.call.e.agent.Connected(s.network, s.peer.String())
	req.SetDestination(NextHop(s.network, s.peer, s.target, s.routes, connected, s.which == callee))
	return req
}

// describe gives a message a session description as its body; nil gives none.
func describe(m gosip.Message, body []byte) {
	if body != nil {
		m.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
	}
	m.SetBody(body)
}
