// Package sip is where calls come in: a SIP server for recording clients (RFC 7866), for plain calls that are to be
// listened to, and for calls that are put through by a connector's own routes (sip/trunk). In come SIP messages over UDP, TCP
// and TLS; out go a timbre.Call with its legs to Calls, and what each leg's audio looks like on the wire to Media.
//
// Only what is put through calls on, and has audio passed on; all else answers, and sends none. It opens no RTP port itself,
// knows no password of a caller but only digests of them, and stores nothing. The SIP stack is emiago/sipgo; dialogs and
// session timers are here, offer and answer in sip/offer. A connector that requires encryption is called by TLS, with media
// that is encrypted, or not at all. Who is heard is decided before a message is read, by sip/sentry; what comes by TCP and TLS
// is cut into messages by sip/frame.
package sip

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net/netip"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/sip/siprec"
	"timbre/sip/trunk"
)

// The SIP stack refuses to send what is larger than its idea of an MTU, and to read what is larger than its buffer. An
// INVITE with metadata is both, and comes in fragments. It also has a log that does not belong to any server, for
// counters of its own that go astray when a connection closes. It has no other place for these three.
func init() {
	gosip.UDPMTUSize = 65000
	gosip.TransportBufferReadSize = 65535
	gosip.SetDefaultLogger(slog.New(slog.DiscardHandler))
}

// Calls are the live calls of this node.
type Calls interface {
	timbre.CallStarter
	timbre.CallUpdater
	timbre.MissedCalls
}

// Media opens the streams of calls: one a leg for recordings, in pairs for calls that are put through.
type Media interface {
	timbre.MediaReceiver
	timbre.MediaRelay
	timbre.DTLSIdentity
}

// Directory reads the connectors, who may call them and where their own calls go.
type Directory interface {
	timbre.ConnectorReader
	timbre.ConnectorLister
	timbre.TerminationReader
	timbre.UsernameReader
	timbre.OriginationReader
	timbre.CredentialReader
}

// Config of a Server. Zero values: no log, no metrics, the clock of the machine.
type Config struct {
	Listen        []string                                             // udp://, tcp:// or tls://HOST:PORT; port 0 is a free one
	MediaAddress  netip.Addr                                           // announced in SDP that speaks of IPv4; zero: an address of ours that the peer can reach
	MediaAddress6 netip.Addr                                           // the same for IPv6
	Address       netip.Addr                                           // announced in Contact and Via to peers of IPv4; zero: the one that the INVITE came in on
	Address6      netip.Addr                                           // the same for IPv6
	Timeout       time.Duration                                        // a call without media for so long, and without a session timer, is asked whether it is still there; 0: never
	LatchAny      bool                                                 // for every stream
	Legs          siprec.Rules                                         // who is calling, where an operator knows better; a connector's tags go before them
	Trunk         trunk.Config                                         // how calls are put through: what is said above and below holds for it too
	Diary         timbre.SIPLog                                        // nil: nothing is written down
	Certificate   func(*tls.ClientHelloInfo) (*tls.Certificate, error) // for tls://, asked at each handshake
	Authorities   *x509.CertPool                                       // that vouch for gateways that are called by TLS; nil: those of the system
	Generation    func() uint64                                        // changes whenever connectors, their terminations or credentials do; nil: they are always read anew
	Invites       int                                                  // INVITEs a second from one source; 0: any number
	Ban           time.Duration                                        // how long strangers who only fail are not heard; 0: they are
	Deaf          bool                                                 // nothing is heard from strangers who cannot prove themselves
	DSCP          int                                                  // the mark of all that is sent, 0 to 63
	Now           func() time.Time
	Log           *slog.Logger
	Metrics       prometheus.Registerer
}

const (
	allow     = "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE"
	accept    = "application/sdp, multipart/mixed, application/rs-metadata+xml, application/rs-metadata"
	supported = "siprec, timer"
	// TransactionHeader carries the transaction id in the answer to an INVITE.
	TransactionHeader = "X-Timbre-Transaction-Id"
)
