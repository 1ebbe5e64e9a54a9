package rtp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // the peer chooses the hash of its fingerprint; forging one takes a second preimage
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"hash"
	"math/big"
	"strings"
	"time"

	"timbre"
)

// newCertificate makes the self-signed certificate of DTLS handshakes, which peers verify by its fingerprint in the SDP.
func newCertificate(now time.Time) (tls.Certificate, error) {
	const op = "rtp.newCertificate"
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

// Fingerprint implements timbre.DTLSIdentity. Each pool has a certificate of its own.
func (p *Pool) Fingerprint() string {
	return certificateFingerprint("sha-256", p.certificate.Certificate[0])
}

// certificateFingerprint is that of a certificate by the hash of another fingerprint; empty for an unknown hash.
func certificateFingerprint(like string, certificate []byte) string {
	name, _, _ := strings.Cut(strings.ToLower(like), " ")
	hash := map[string]func() hash.Hash{"sha-1": sha1.New, "sha-256": sha256.New, "sha-384": sha512.New384, "sha-512": sha512.New}[name]
	if hash == nil {
		return ""
	}
	h := hash()
	_, _ = h.Write(certificate) // never fails
	sum := h.Sum(nil)
	text := make([]string, len(sum))
	for i, b := range sum {
		text[i] = fmt.Sprintf("%02X", b)
	}
	return name + " " + strings.Join(text, ":")
}
