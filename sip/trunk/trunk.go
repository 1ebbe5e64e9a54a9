// Package trunk puts calls through: it is a back-to-back user agent (B2BUA). In comes an INVITE that a connector has let
// in, with the connector's routes; out goes an INVITE of its own to the gateway of a route, and then everything between the
// two ends is passed on: answers and failures, offers and answers with our addresses in place of theirs, later changes,
// and the media, whose two legs are heard by whoever listens to calls.
//
// The call comes first: when nobody can listen to it, it is put through all the same. It transcodes nothing, decides
// nothing about who may call, and opens no socket itself.
package trunk

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Agent is the SIP stack.
type Agent interface {
	// Request sends a request and gives its transaction.
	Request(ctx context.Context, req *gosip.Request) (gosip.ClientTransaction, error)
	// Write sends an ACK, which has no transaction.
	Write(req *gosip.Request) error
	// Place is where messages of a network (udp, tcp, tls) to a peer leave, and its own ones arrive. False: nothing listens
	// on that network.
	Place(network string, peer netip.AddrPort) (Place, bool)
	// Connected says whether there is a connection of a network to an address, HOST:PORT.
	Connected(network, address string) bool
	// Lookup finds the addresses of a host name.
	Lookup(ctx context.Context, host string) ([]netip.Addr, error)
	// Do runs f on a goroutine of its own, which whoever closes the stack waits for. False: it is closed.
	Do(f func()) bool
	// Refuse answers a request with a refusal of ours: it is counted by its reason, and logged with its detail.
	Refuse(req *gosip.Request, tx gosip.ServerTransaction, r *Refusal)
	// Belongs says for which connector a request is.
	Belongs(tx gosip.ServerTransaction, connectorID string)
	// Note writes a message down that was sent or came for a connector.
	Note(connectorID string, m gosip.Message)
}

// Place is an address of ours.
type Place struct {
	Addr   netip.AddrPort // of ours
	Told   netip.AddrPort // as the peer is told to reach it, behind NAT; not valid: as it is
	Socket gosip.Addr     // of UDP: the socket that messages leave by
}

// told is how the peer reaches us.
func (p Place) told() netip.AddrPort {
	if p.Told.IsValid() {
		return p.Told
	}
	return p.Addr
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.CallStarter
	timbre.MissedCalls
}

// Media opens the streams of calls, in pairs.
type Media interface {
	timbre.MediaRelay
	timbre.DTLSIdentity
}

// Config of an Exchange. Zero values: no log, no metrics, the clock of the machine, no credentials; REFER is refused.
type Config struct {
	MediaAddress  netip.Addr            // announced in SDP to peers of IPv4; zero: the address that messages to the peer leave by
	MediaAddress6 netip.Addr            // the same for IPv6
	LatchAny      bool                  // media is taken from anywhere at first
	Refer         bool                  // REFER, and the NOTIFY about it, are passed
	Credentials   map[string]Credential // for gateways that ask, by the host of their route in lower case
	Silence       time.Duration         // a call without any media for so long is over, unless it is held; zero: never
	Header        string                // that tells the transaction id in the answer to an INVITE
	Now           func() time.Time
	Log           *slog.Logger
	Metrics       prometheus.Registerer
}

// Credential is a user name with its password at a gateway.
type Credential struct{ Username, Password string }

// Deps are what an Exchange works with.
type Deps struct {
	Agent Agent
	Calls Calls
	Media Media
	Diary timbre.ReceptionLog
}

// Incoming is an INVITE that a connector has let in.
type Incoming struct {
	Request   *gosip.Request
	Tx        gosip.ServerTransaction
	Connector timbre.Connector
	Routes    []timbre.Route
	Source    netip.AddrPort // that it came from
	Place     Place          // that it came in on
	Over      func()         // called once, when the call is over or refused
}

// Refusal is an answer of our own that is not a success.
type Refusal struct {
	Code    int
	Reason  string // one of few words, for counters
	Detail  string // for the peer's operator and for the log
	Headers []gosip.Header
}

func refuse(code int, reason, detail string, args ...any) *Refusal {
	return &Refusal{Code: code, Reason: reason, Detail: fmt.Sprintf(detail, args...)}
}

func (r *Refusal) with(name, value string) *Refusal {
	r.Headers = append(r.Headers, gosip.NewHeader(name, value))
	return r
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d: %s", r.Code, r.Detail) }
