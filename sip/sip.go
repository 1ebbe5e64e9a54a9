// Package sip takes calls by SIP: from recording clients (RFC 7866), plain calls that are to be analysed, and calls that a
// connector's routes bridge to a gateway (sip/trunk). In come SIP messages by UDP, TCP and TLS; out go a timbre.Call with its
// legs to Calls, and the description of each leg's media to Media.
//
// It plugs the packages below it together: sip/transport takes requests, this package checks and dispatches them, and
// sip/recording and sip/trunk serve the calls. Admission decides who may call. It opens no RTP port and stores nothing. See
// DESIGN.md.
package sip

import (
	"context"
	"net/netip"
	"time"

	"timbre"
	"timbre/sip/siprec"
	"timbre/sip/transport"
	"timbre/sip/trunk"
)

// Calls are the live calls of this node.
type Calls interface {
	timbre.CallReserver
	timbre.CallUpdater
	timbre.MissedCalls
}

// Media opens the streams of calls: one a leg for recordings, in pairs for bridged calls.
type Media interface {
	timbre.MediaReceiver
	timbre.MediaRelay
	timbre.DTLSIdentity
}

// Admission decides which calls a connector takes.
type Admission interface {
	timbre.Admission
	// Concerned returns the ids of the connectors that a request without a call concerns, such as OPTIONS.
	Concerned(ctx context.Context, r timbre.AccessRequest) ([]string, error)
}

// Config of a Server.
type Config struct {
	Transport     transport.Config // MaxBody is set by New
	MediaAddress  netip.Addr       // announced in SDP for IPv4 media; zero: a local address that the peer reaches
	MediaAddress6 netip.Addr       // announced in SDP for IPv6 media
	Timeout       time.Duration    // a call without media for so long, and without a session timer, is probed; 0: never
	LatchAny      bool             // every stream takes its source from the first packet, whatever its address
	Legs          siprec.Rules     // which leg is the caller; a connector's tags take precedence
	Trunk         trunk.Config     // of bridged calls; New sets what it shares with this Config
}

// Deps are what a Server works with.
type Deps struct {
	Admission Admission
	Sources   transport.Sources
	Routes    timbre.OriginationReader
	Calls     Calls
	Media     Media
	SIPLog    timbre.SIPLog
	Load      timbre.LoadMeter // nil: nothing is refused for overload
	Tolls     timbre.TollGuard
}

// TransactionHeader carries the transaction id in the answer to an INVITE.
const TransactionHeader = "X-Timbre-Transaction-Id"
