// Package recording is the session recording server of RFC 7866: it answers recording sessions, and plain calls that are to
// be analysed. In come INVITEs that a connector has admitted, and the requests in their dialogs; out go a timbre.Call with
// its legs to Calls, and the description of each leg's media to Media.
//
// It sends no media and no INVITE. What SIP asks of a dialog is done by sip/dialog, offers and answers are sip/sdp's, and
// metadata is read by sip/siprec.
package recording

import (
	"net/netip"
	"time"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/siprec"
	"timbre/sip/transport"
)

// What a response says that is understood here.
const (
	Allow     = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO, PRACK"
	Supported = "siprec, timer, 100rel"
	Accept    = "application/sdp, multipart/mixed, application/rs-metadata+xml, application/rs-metadata"
)

// Agent is the SIP stack.
type Agent interface {
	dialog.Stack
	// Reject counts what was refused, by its reason.
	Reject(reason string)
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.CallReserver
	timbre.CallUpdater
}

// Media opens the streams of calls, one a leg.
type Media interface {
	timbre.MediaReceiver
	timbre.DTLSIdentity
}

// Config of a Server.
type Config struct {
	MediaAddress  netip.Addr    // announced in SDP for IPv4 media; zero: a local address that the peer reaches
	MediaAddress6 netip.Addr    // announced in SDP for IPv6 media
	Timeout       time.Duration // a call without media for so long, and without a session timer, is probed; 0: never
	LatchAny      bool          // every stream takes its source from the first packet, whatever its address
	Legs          siprec.Rules  // which leg is the caller; a connector's tags take precedence
	Header        string        // of responses, with the transaction id
}

// Deps are what a Server works with.
type Deps struct {
	Agent Agent
	Calls Calls
	Media Media
	Log   timbre.ReceptionLog
}

// Incoming is an INVITE that a connector has admitted.
type Incoming struct {
	dialog.Incoming
	Body  siprec.Body               // of the request
	Admit func() *transport.Refusal // called once it is known to be acceptable, before the call begins; may refuse it
}
