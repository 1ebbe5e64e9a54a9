package rtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"time"

	"timbre"
)

// identify makes the certificate that a pool shows in handshakes. Nobody signs it: the signalling tells its fingerprint.
func identify(now time.Time) (tls.Certificate, error) {
	const op = "rtp.identify"
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, timbre.Errorf(timbre.Internal, op, "%w", err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "Timbre"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	raw, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, timbre.Errorf(timbre.Internal, op, "%w", err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, nil
}

// Fingerprint is that of the certificate that all streams show in handshakes, for the signalling to tell: it is made anew
// with each pool.
func (p *Pool) Fingerprint() string { return fingerprint("sha-256", p.identity.Certificate[0]) }
