package recording

import (
	"net/netip"
	"sync"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/sdp"
	"timbre/sip/siprec"
)

// session is one recording session: the dialog with the client, and the call that it records.
type session struct {
	*dialog.Dialog
	invite         *gosip.Request // the first one
	encrypted      bool           // no media in the clear
	delayed        bool           // the INVITE had no offer
	over           func()
	txid, from, to string // of the call
	answerer       *sdp.Answerer

	mu          sync.Mutex            // one change at a time
	offered     *sdp.Description      // the last one
	tracks      map[int]*dialog.Track // by m-line
	order       []siprec.Line         // of the legs
	cnames      map[int]string        // canonical names of their sources in SDP, by m-line
	legs        []timbre.Leg
	documented  bool             // there was metadata
	metadata    *siprec.Metadata // nil: none, and no header in its place
	rules       siprec.Rules
	named       string   // the caller, by the header that the rules name
	assumptions []string // warnings of the first INVITE, which stay
	warnings    []string // all of them
	sent        []byte   // the last description that the client was sent
	silence     dialog.Silence
	refreshing  atomic.Bool // by an INVITE of this side
}

func (s *Server) newSession(in Incoming) *session {
	d := &session{invite: in.Request, encrypted: in.Connector.RequireEncryption, over: in.Over, tracks: map[int]*dialog.Track{}, cnames: map[int]string{}}
	d.Dialog = dialog.NewUAS(dialog.Config{
		Agent: s.deps.Agent, Connector: in.Connector.ID, Network: in.Request.Transport(), Endpoint: in.Endpoint, Peer: in.Source,
		Encrypted: d.encrypted, Feature: "+sip.srs", Allow: Allow, Supported: Supported,
		Refresh: func(timer dialog.Session) { s.refresh(d, timer) },
		Expired: func() { s.hangUp(d, "the session was not refreshed in time") },
	}, in.Request)
	local := d.local()
	d.answerer = sdp.NewAnswerer(s.mediaAddress(local, local))
	d.answerer.LocalAddr = func(l *sdp.Line) netip.Addr { return s.mediaAddress(local, l.Remote.Addr()) }
	d.answerer.Fingerprint, d.answerer.Passive = s.deps.Media.Fingerprint(), s.cfg.LatchAny
	return d
}

// local is the address that the INVITE arrived at.
func (d *session) local() netip.Addr { return d.Endpoint().Addr.Addr() }

// response is a 200 to a request that has begun or changed the session, with SDP if there is some to send.
func (s *Server) response(d *session, req *gosip.Request, sdp []byte, timer dialog.Session) *gosip.Response {
	res := d.Response(req, 200, "OK")
	res.AppendHeader(gosip.NewHeader(s.cfg.Header, d.txid))
	timer.Grant(res, req)
	dialog.SetSDP(res, sdp)
	return res
}
