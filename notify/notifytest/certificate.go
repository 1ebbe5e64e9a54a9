package notifytest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"timbre/notify"
)

// Certificate is that of a server, with the authority that has issued it.
type Certificate struct {
	Server    *tls.Config
	Authority []byte // in PEM
}

// NewCertificate makes an authority, and a certificate of it for an IP address.
func NewCertificate(t testing.TB, address string) Certificate {
	t.Helper()
	from := time.Now().Add(-time.Hour)
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotBefore: from, NotAfter: from.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	server := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, NotBefore: from, NotAfter: from.AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.ParseIP(address)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	root, rootKey := sign(t, authority, authority, nil)
	leaf, key := sign(t, server, authority, rootKey)
	return Certificate{
		Server:    &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{{Certificate: [][]byte{leaf}, PrivateKey: key}}},
		Authority: pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root}),
	}
}

// sign makes a certificate with a key of its own. A nil signer: it signs itself.
func sign(t testing.TB, of, by *x509.Certificate, signer *ecdsa.PrivateKey) (der []byte, key *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if signer == nil {
		signer = key
	}
	if der, err = x509.CreateCertificate(rand.Reader, of, by, key.Public(), signer); err != nil {
		t.Fatal(err)
	}
	return der, key
}

// Trusting returns settings of a client that trusts the authority of the certificate alone.
func (c Certificate) Trusting() *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(c.Authority)
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool}
}

// A Handshake is a way in which a client of TLS meets a server.
type Handshake struct {
	Name           string
	Server, Client *tls.Config // nil: without TLS
	Says           string      // part of the error; empty: it works
}

// Handshakes returns one that works, and those that must not. Server and client are on 127.0.0.1.
func Handshakes(t testing.TB) []Handshake {
	t.Helper()
	good, other, elsewhere := NewCertificate(t, "127.0.0.1"), NewCertificate(t, "127.0.0.1"), NewCertificate(t, "192.0.2.1")
	old := good.Server.Clone()
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	return []Handshake{
		{"trusted", good.Server, good.Trusting(), ""},
		{"another authority", good.Server, other.Trusting(), "unknown authority"},
		{"another host", elsewhere.Server, elsewhere.Trusting(), "192.0.2.1"},
		{"too old", old, good.Trusting(), "protocol version"},
	}
}

// Check checks what came of sending by the client of a handshake to a server that asks for a password. A failure must not repeat it.
func (h Handshake) Check(t testing.TB, err error, password string) {
	t.Helper()
	switch {
	case h.Says == "" && err != nil:
		t.Errorf("got %v, want no error", err)
	case h.Says == "":
	case err == nil || notify.FailureOf(err).Kind != notify.ForNow || !strings.Contains(err.Error(), h.Says) || strings.Contains(err.Error(), password):
		t.Errorf("got %v, want a failure for now that says %q", err, h.Says)
	}
}
