package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"sync"
	"time"

	"timbre"
)

// handshakeTimeout is how long a peer may take for a TLS handshake.
const handshakeTimeout = 5 * time.Second

// cipherSuites are those of TLS 1.2, in order of preference; TLS 1.3 has its own. The last three have no forward secrecy:
// older session border controllers offer nothing better.
var cipherSuites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
}

// tlsConfig is that of both directions. A server that is called proves its name, or its address, to the certificate
// authorities; nil: those of the system.
func tlsConfig(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error), authorities *x509.CertPool) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: cipherSuites, GetCertificate: certificate, RootCAs: authorities}
}

// tlsListener is a listener whose connections speak TLS.
type tlsListener struct {
	net.Listener
	config *tls.Config
	failed func(source net.Addr, err error)
}

func (l tlsListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tlsConn{Conn: tls.Server(c, l.config), failed: l.failed}, nil
}

// tlsConn is a connection whose handshake is limited in time, and precedes the first read.
type tlsConn struct {
	*tls.Conn
	failed func(source net.Addr, err error)
	once   sync.Once
	err    error
}

// Read starts with the handshake. The failure of one has been reported when Read returns: the connection ends like any other.
func (c *tlsConn) Read(b []byte) (int, error) {
	c.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
		defer cancel()
		if err := c.HandshakeContext(ctx); err != nil {
			c.failed(c.RemoteAddr(), err)
			c.err = net.ErrClosed
		}
	})
	if c.err != nil {
		return 0, c.err
	}
	return c.Conn.Read(b)
}

// handshakeFailed counts a failed TLS handshake.
func (s *Stack) handshakeFailed(source net.Addr, err error) {
	s.Reject("tls")
	s.env.Repeats.Count(s.env.Log, "tls", "TLS handshake failed", "source", source.String(), "error", err)
	s.deps.Sources.Failed(timbre.Origin{Addr: AddrPort(source).Addr(), Returned: true})
}
