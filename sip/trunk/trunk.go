// Package trunk bridges calls: it is a back-to-back user agent (B2BUA, RFC 7092). In comes an INVITE that a connector has
// admitted, with the connector's routes; out goes an INVITE to the gateway of a route. Then everything is relayed between
// the two dialogs: responses, offers and answers with local addresses in place of the peers', later changes, and the media,
// whose two legs are analysed.
//
// The call comes first: it is bridged also when its analysis cannot begin. The package transcodes nothing, does not decide
// who may call, and opens no socket.
package trunk

import (
	"context"
	"net/netip"
	"time"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/transport"
)

// Agent is the SIP stack.
type Agent interface {
	dialog.Stack
	// Endpoint is the local endpoint for messages of a network (udp, tcp, tls) to a peer. False: nothing listens on that
	// network.
	Endpoint(network string, peer netip.AddrPort) (transport.Endpoint, bool)
	// Lookup resolves a host name.
	Lookup(ctx context.Context, host string) ([]netip.Addr, error)
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.CallReserver
	timbre.MissedCalls
}

// Media opens the streams of calls, in pairs.
type Media interface {
	timbre.MediaRelay
	timbre.DTLSIdentity
}

// Config of a B2BUA.
type Config struct {
	MediaAddress  netip.Addr            // announced in SDP to IPv4 peers; zero: the local address that the peer reaches
	MediaAddress6 netip.Addr            // announced in SDP to IPv6 peers
	LatchAny      bool                  // every stream takes its source from the first packet, whatever its address
	Refer         bool                  // REFER, and the NOTIFY about it, are relayed; else refused
	Credentials   map[string]Credential // for gateways that challenge, by the host of the route in lower case
	Trusted       map[string]bool       // gateways in the trust domain of this server (RFC 3325), by the host of the route in lower case
	Digest        string                // timbre.DigestSHA256: no digests by MD5, unless a connector's tag allows them
	Silence       time.Duration         // a call without media for so long ends, unless it is on hold; zero: never
	Header        string                // of the answer to an INVITE, with the transaction id
}

// Credential authenticates this server at a gateway.
type Credential struct {
	Username, Password string
	WithoutQOP         bool // challenges without qop are answered, too: see the setting
}

// Deps are what a B2BUA works with.
type Deps struct {
	Agent Agent
	Calls Calls
	Media Media
	Log   timbre.ReceptionLog
	Tolls timbre.TollGuard
	Load  timbre.LoadMeter // nil: every call is analysed
}

// Incoming is an INVITE that a connector has admitted, with the connector's routes.
type Incoming struct {
	dialog.Incoming
	Description []byte // the session description in the request; nil: none
	Routes      []timbre.Route
	Access      timbre.Access // by which the caller is admitted
}
