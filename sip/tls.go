package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"sync"
	"time"

	"timbre/sip/sentry"
)

// greeting is how long a peer may take for a TLS handshake.
const greeting = 10 * time.Second

// cipherSuites are what TLS 1.2 is spoken with, the best first; TLS 1.3 has its own. The last three have no forward secrecy:
// session border controllers of some age have nothing better.
var cipherSuites = []uint16{
	tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
	tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
	tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256,
	tls.TLS_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_RSA_WITH_AES_128_GCM_SHA256, tls.TLS_RSA_WITH_AES_128_CBC_SHA256,
}

// tlsConfig is how TLS is spoken, in both directions. A server that we call has to prove its name, or its address, to the
// certificate authorities; nil: those of the system.
func tlsConfig(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error), authorities *x509.CertPool) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: cipherSuites, GetCertificate: certificate, RootCAs: authorities}
}

// secured is a listener whose connections speak TLS.
type secured struct {
	net.Listener
	config *tls.Config
	failed func(source net.Addr, err error)
}

func (l secured) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &greeted{Conn: tls.Server(c, l.config), failed: l.failed}, nil
}

// greeted is a connection whose peer has to end the handshake in time, before it is heard.
type greeted struct {
	*tls.Conn
	failed func(source net.Addr, err error)
	once   sync.Once
	err    error
}

// Read begins with the handshake. One that fails has been told of: the connection ends like any other.
func (c *greeted) Read(b []byte) (int, error) {
	c.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), greeting)
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

// ungreeted counts a TLS handshake that failed.
func (s *Server) ungreeted(source net.Addr, err error) {
	s.metrics.rejected.WithLabelValues("tls").Inc()
	s.log.Warn("a TLS handshake failed", "source", source.String(), "error", err)
	s.sentry.Failed(sentry.Source(source))
}
