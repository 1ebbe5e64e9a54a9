// Package dialog is the SIP dialog of RFC 3261, section 12, for both roles: the server that answers an INVITE (UAS) and the
// client that sends one (UAC). In come the requests and responses that the SIP stack has parsed; out go requests and
// responses with everything in them that belongs to the dialog: tags, CSeq, Route, Contact, Via and next hop.
//
// It also does what a dialog does over time: sends a 2xx until its ACK arrives, answers a repeated 2xx with its ACK, runs the
// session timer (RFC 4028), watches for silence and reports reception. It does not read session descriptions, does not
// decide who may call and opens no socket.
package dialog

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/google/uuid"

	"timbre"
	"timbre/sip/header"
	"timbre/sip/transport"
)

// Agent is the SIP stack as a dialog uses it. A request or an ACK has all its headers already.
type Agent interface {
	// Request sends a request other than ACK and returns its client transaction.
	Request(ctx context.Context, req *gosip.Request) (gosip.ClientTransaction, error)
	// Write sends an ACK for a 2xx, which has no transaction.
	Write(ack *gosip.Request) error
	// Connected reports whether a connection of a network (tcp, tls) to an address, HOST:PORT, is open.
	Connected(network, address string) bool
	// Do runs f on a goroutine that the owner of the stack waits for. False: the stack is closed, and f does not run.
	Do(f func()) bool
	// LogMessage writes a message that was sent or received for a connector to the SIP log.
	LogMessage(connectorID string, m gosip.Message)
}

// Stack is the SIP stack as the users of dialogs see it, which answer requests too.
type Stack interface {
	Agent
	// Respond sends a response.
	Respond(tx gosip.ServerTransaction, res *gosip.Response)
	// Refuse responds with a refusal, which it counts by its reason and logs with its detail.
	Refuse(req *gosip.Request, tx gosip.ServerTransaction, r *transport.Refusal)
	// LogFor names the connector to whose SIP log the messages of a transaction go.
	LogFor(tx gosip.ServerTransaction, connectorID string)
}

// Config is what does not change while a dialog lasts.
type Config struct {
	Agent     Agent
	Connector string             // id, for the SIP log
	Network   string             // udp, tcp or tls
	Endpoint  transport.Endpoint // the local one
	Peer      netip.AddrPort     // where the peer's messages come from
	Gateway   bool               // the peer is configured by name, so that its Contact is believed unless NAT is obvious
	Encrypted bool               // requests that do not arrive over TLS are refused
	Feature   string             // a parameter of Contact, such as +sip.srs; empty: none
	Allow     string             // methods, for responses
	Supported string             // option tags, for responses; empty: no header
	Refresh   func(Session)      // called when this side has to refresh the session
	Expired   func()             // called when the peer has not refreshed it in time
	// Authorize returns the header that answers a challenge (401, 407) to a request; nil: there are no credentials. May be nil.
	Authorize func(req *gosip.Request, res *gosip.Response) gosip.Header
}

// Dialog is one dialog. Its methods may be called concurrently.
type Dialog struct {
	Timer *Timer // of the session

	cfg    Config
	callID string
	local  gosip.FromHeader // with the local tag
	sips   bool             // Contact has to be a SIPS URI
	over   chan struct{}
	end    sync.Once
	pace   pace

	mu        sync.Mutex
	remote    gosip.ToHeader // with the remote tag, once it is known
	target    gosip.Uri      // where requests are addressed to
	routes    []string       // values of Route
	seq       *atomic.Uint32 // CSeq of the last local request; shared by the dialogs that an INVITE forks into
	remoteSeq int64          // CSeq of the last remote request; -1: there was none
	turns     []uint32       // CSeqs of the peer's changes of the session that are not finished, in order
	moved     chan struct{}  // closed when either changes, or an ACK comes
	update    bool           // the peer has listed UPDATE in Allow
	acks      map[uint32]waiting
}

// NewUAS makes the dialog that an INVITE asks for, with a new local tag (RFC 3261, 12.1.1). The INVITE has a Contact.
func NewUAS(cfg Config, invite *gosip.Request) *Dialog {
	d := newDialog(cfg)
	d.callID, d.remoteSeq = invite.CallID().Value(), int64(invite.CSeq().SeqNo)
	d.local, d.remote = invite.To().AsFrom(), invite.From().AsTo()
	d.local.Params.Add("tag", newTag())
	d.target = *invite.Contact().Address.Clone()
	d.routes = header.Elements(invite, "record-route")
	d.sips = wantsSIPS(invite)
	d.learn(invite)
	return d
}

// NewUAC makes the dialog that an INVITE of this side may establish (RFC 3261, 12.1.2). Established completes it.
func NewUAC(cfg Config, from gosip.FromHeader, to gosip.ToHeader, target gosip.Uri) *Dialog {
	d := newDialog(cfg)
	d.callID, d.local, d.remote, d.target = uuid.NewString(), from, to, target
	d.local.Params = d.local.Params.Clone()
	d.local.Params.Add("tag", newTag())
	d.sips = target.Scheme == "sips"
	return d
}

func newDialog(cfg Config) *Dialog {
	cfg.Network = strings.ToLower(cfg.Network)
	d := &Dialog{cfg: cfg, remoteSeq: -1, seq: &atomic.Uint32{}, over: make(chan struct{}), acks: map[uint32]waiting{}, pace: newPace(), moved: make(chan struct{})}
	d.Timer = &Timer{do: cfg.Agent.Do, refresh: cfg.Refresh, expired: cfg.Expired}
	return d
}

// newTag returns a tag for From or To (RFC 3261, 19.3).
func newTag() string { return uuid.NewString() }

// CallID is the Call-ID.
func (d *Dialog) CallID() string { return d.callID }

// Peer is where the peer's messages come from.
func (d *Dialog) Peer() netip.AddrPort { return d.cfg.Peer }

// Endpoint is the local endpoint.
func (d *Dialog) Endpoint() transport.Endpoint { return d.cfg.Endpoint }

// Connector is the id of the dialog's connector.
func (d *Dialog) Connector() string { return d.cfg.Connector }

// Tags are the local tag and the remote one, which is empty until it is known.
func (d *Dialog) Tags() (local, remote string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return tagOf(d.local.Params), tagOf(d.remote.Params)
}

// ID identifies the dialog among all others (RFC 3261, 12).
func (d *Dialog) ID() string {
	local, remote := d.Tags()
	return gosip.DialogIDMake(d.callID, local, remote)
}

// End ends the dialog: its timer stops and Confirm returns. Requests, such as BYE, can still be made. Only the first call
// returns true.
func (d *Dialog) End() (first bool) {
	d.end.Do(func() {
		first = true
		close(d.over)
		d.Timer.Stop()
	})
	return first
}

// Ended is closed when the dialog has ended.
func (d *Dialog) Ended() <-chan struct{} { return d.over }

// IsOver reports whether the dialog has ended.
func (d *Dialog) IsOver() bool { return timbre.IsClosed(d.over) }

func tagOf(p gosip.HeaderParams) string { return p.GetOr("tag", "") }
