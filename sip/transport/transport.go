// Package transport turns bytes into SIP requests and back. In come datagrams and connections by UDP, TCP and TLS; out go
// parsed requests, each with its server transaction, to one Handler, and the requests and responses that the server sends.
//
// It reads a source only if Sources allow it, repairs or answers what cannot be parsed, frames streams, writes the SIP log of
// connectors, and counts what it refuses. The SIP stack below is emiago/sipgo. It knows no dialog, no
// connector and no media.
package transport

import (
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"net"
	"net/netip"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// The SIP stack holds three settings in package variables: the largest datagram that it sends, the buffer that it reads
// into, and a log that belongs to no server. An INVITE with recording metadata exceeds both default sizes, and arrives in
// IP fragments.
func init() {
	gosip.UDPMTUSize = 65000
	gosip.TransportBufferReadSize = 65535
	gosip.SetDefaultLogger(slog.New(slog.DiscardHandler))
}

// Handler serves one request. It runs on a goroutine of its own; Close waits for it. A panic in it is answered with 500.
type Handler func(req *gosip.Request, tx gosip.ServerTransaction)

// Sources judges source addresses before anything that they send is parsed. A known source is one that a connector allows,
// that has authenticated, or that the server has called.
type Sources interface {
	// Message judges a message, whose first bytes tell whether it is an INVITE.
	Message(o timbre.Origin, invite bool) timbre.Verdict
	// Echoed reports whether a nonce is one that was sent to the source alone, in a challenge.
	Echoed(from netip.Addr, nonce string) bool
	// Listener limits the connections that l accepts.
	Listener(l net.Listener) net.Listener
	// Known reports whether a source is known.
	Known(from netip.Addr) bool
	// Banned reports whether nearly everything from a source is dropped for now.
	Banned(from netip.Addr) bool
	// Failed reports that a source has sent what cannot be read, or has asked for what it may not have.
	Failed(o timbre.Origin)
	// Proven reports that the server calls an address, so that it may answer and send requests in turn.
	Proven(from netip.Addr)
	// Asked reports that the server sends a request within a call to an address, which a party to the call may have named.
	Asked(to netip.Addr)
}

// Config of a Stack.
type Config struct {
	Listen      []string                                             // udp://, tcp:// or tls://HOST:PORT; port 0 is a free one
	Address     netip.Addr                                           // advertised in Contact and Via to IPv4 peers; zero: the local address
	Address6    netip.Addr                                           // advertised to IPv6 peers; zero: the local address
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error) // of tls:// listeners, called at each handshake
	Authorities *x509.CertPool                                       // that certify the servers called by TLS; nil: those of the system
	MaxBody     int                                                  // bytes of a message body; longer ones are refused with 513
	DSCP        int                                                  // of all that is sent, 0 to 63
}

// Deps are what a Stack works with.
type Deps struct {
	Sources Sources
	Handle  Handler
	// Stranger answers a request by UDP of an unknown source that has not shown its address. Its transaction sends a response, and keeps
	// nothing. Nil: Handle serves such requests, too.
	Stranger Handler
	Live     func(*gosip.Request) bool // reports whether a request is in a live dialog: then Handle serves it; with Stranger
	SIPLog   timbre.SIPLog
}
