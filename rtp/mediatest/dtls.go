package mediatest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"strings"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"

	"timbre"
)

// identity is a certificate and its fingerprint.
func (s *subject) identity() (tls.Certificate, string) {
	s.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		s.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0)}
	raw, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		s.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, fingerprint(raw)
}

// fingerprint is that of a certificate as SDP writes it.
func fingerprint(certificate []byte) string {
	var digits []string
	for _, b := range sha256.Sum256(certificate) {
		digits = append(digits, fmt.Sprintf("%02X", b))
	}
	return "sha-256 " + strings.Join(digits, ":")
}

// lent is a socket that outlives the association on it.
type lent struct{ net.PacketConn }

func (l lent) Close() error { return l.SetReadDeadline(time.Unix(1, 0)) }

// shake is the peer's part of a handshake. Its packets are encrypted from then on.
func (s *subject) shake(l *leg, own tls.Certificate, client bool) error {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), timeout)
	defer cancel()
	verify := func(chain [][]byte, _ [][]*x509.Certificate) error {
		if len(chain) == 0 || fingerprint(chain[0]) != s.receiver.Fingerprint() {
			return fmt.Errorf("got another certificate than that of Fingerprint")
		}
		return nil
	}
	profile := dtls.SRTP_AES128_CM_HMAC_SHA1_80
	certificate, trust := dtls.WithCertificates(own), dtls.WithInsecureSkipVerify(true)
	profiles, verified := dtls.WithSRTPProtectionProfiles(profile), dtls.WithVerifyPeerCertificate(verify)
	var c *dtls.Conn
	var err error
	if remote := net.UDPAddrFromAddrPort(l.peer.to); client {
		c, err = dtls.ClientWithOptions(lent{l.peer.socket}, remote, certificate, trust, profiles, verified)
	} else {
		c, err = dtls.ServerWithOptions(lent{l.peer.socket}, remote, certificate, trust, profiles, verified, dtls.WithClientAuth(dtls.RequireAnyClientCert))
	}
	if err != nil {
		return err
	}
	s.Cleanup(func() { _ = c.Close() })
	if err := c.HandshakeContext(ctx); err != nil {
		return err
	}
	agreed := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	state, _ := c.ConnectionState()
	if err := agreed.ExtractSessionKeysFromDTLS(&state, client); err != nil {
		return err
	}
	l.peer.encrypt, err = srtp.CreateContext(agreed.Keys.LocalMasterKey, agreed.Keys.LocalMasterSalt, agreed.Profile)
	return err
}

// secured opens a stream whose keys come from a handshake with a certificate.
func (s *subject) secured(fingerprint string, active bool) *leg {
	s.Helper()
	return s.open(func(m *timbre.Media) {
		m.Mux, m.DTLS = true, &timbre.DTLSParameters{Fingerprint: fingerprint, Active: active}
	})
}

// handshakeKeys checks that a handshake gives keys by which packets are decrypted.
func handshakeKeys(s *subject, active bool) {
	own, fingerprint := s.identity()
	l := s.secured(fingerprint, active)
	if err := s.shake(l, own, !active); err != nil {
		s.Fatal(err)
	}
	l.peer.send(word1, word2) // before the receiver knows the key, perhaps
	s.expect(l, delivered{0, sample1}, delivered{20 * ms, sample2})
	s.reception(l, timbre.Reception{Codec: "PCMU", Packets: 2})
}

var handshakes = []fact{
	{"a handshake that the receiver begins gives the keys", func(s *subject) { handshakeKeys(s, true) }},
	{"a handshake that the peer begins gives the keys", func(s *subject) { handshakeKeys(s, false) }},
	{"a peer with another certificate is not decrypted", func(s *subject) {
		_, expected := s.identity()
		own, _ := s.identity()
		l := s.secured(expected, false)
		if err := s.shake(l, own, true); err == nil { // it may think so at first
			l.peer.send(word1)
			s.dropped(l, 1)
		}
		s.reception(l, timbre.Reception{Dropped: l.Reception().Dropped})
	}},
	{"without a handshake nothing is decrypted", func(s *subject) {
		_, fingerprint := s.identity()
		l := s.secured(fingerprint, false)
		for range 100 { // more than may wait for a key
			l.peer.send(word1)
		}
		s.dropped(l, 1)
		if got := l.Reception(); got.Packets != 0 {
			s.Errorf("got reception %+v, want no packets", got)
		}
	}},
}
