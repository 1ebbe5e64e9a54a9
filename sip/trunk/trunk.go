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
	"log/slog"
	"net/netip"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// Agent is the SIP stack.
type Agent interface {
	dialog.Stack
	// Endpoint is where messages of a network (udp, tcp, tls) to a peer leave, and its own ones arrive. False: nothing listens
	// on that network.
	Endpoint(network string, peer netip.AddrPort) (transport.Endpoint, bool)
	// Lookup finds the addresses of a host name.
	Lookup(ctx context.Context, host string) ([]netip.Addr, error)
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
	Request     *gosip.Request
	Tx          gosip.ServerTransaction
	Description []byte // the session description in the request; nil: none
	Connector   timbre.Connector
	Routes      []timbre.Route
	Source      netip.AddrPort     // that it came from
	Endpoint    transport.Endpoint // that it came in on
	Over        func()             // called once, when the call is over or refused
}
