package rtp

import (
	"context"
	"crypto/sha1" //nolint:gosec // a fingerprint is the peer's choice, and a second preimage is needed to forge one
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/logging"

	"timbre"
)

// profiles are the protection profiles that we agree to, the best first.
func profiles() (all []dtls.SRTPProtectionProfile) {
	for _, s := range timbre.SRTPSuites() {
		if s.InDTLS {
			all = append(all, dtls.SRTPProtectionProfile(s.Profile))
		}
	}
	return all
}

// again is when a flight is sent a second time, and then later and later. We may begin before our answer has reached the peer,
// so that the first one is lost more often than not.
const again = 200 * time.Millisecond

var errImpostor = errors.New("the certificate is not the one whose fingerprint was signalled")

// handshake agrees on keys with the peer at the other end of a wire.
func handshake(ctx context.Context, w *wire, d timbre.DTLSParameters, own tls.Certificate) (*dtls.Conn, timbre.SRTPKeys, error) {
	options := []dtls.Option{
		dtls.WithCertificates(own), dtls.WithSRTPProtectionProfiles(profiles()...), dtls.WithInsecureSkipVerify(true), dtls.WithFlightInterval(again),
		dtls.WithLoggerFactory(&logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}),
		dtls.WithVerifyPeerCertificate(func(chain [][]byte, _ [][]*x509.Certificate) error {
			if len(chain) == 0 || !strings.EqualFold(fingerprint(d.Fingerprint, chain[0]), d.Fingerprint) {
				return errImpostor
			}
			return nil
		}),
	}
	conn, err := connect(w, d.Active, options)
	if err == nil {
		if err = conn.HandshakeContext(ctx); err != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	if err != nil {
		return nil, timbre.SRTPKeys{}, timbre.Errorf(timbre.Unavailable, "rtp.handshake", "%w", err)
	}
	keys, err := export(conn, d.Active)
	if err != nil {
		return nil, timbre.SRTPKeys{}, errors.Join(err, conn.Close())
	}
	return conn, keys, nil
}

func connect(w *wire, active bool, options []dtls.Option) (*dtls.Conn, error) {
	if active {
		all := make([]dtls.ClientOption, len(options))
		for i, o := range options {
			all[i] = o
		}
		return dtls.ClientWithOptions(w, w.LocalAddr(), all...)
	}
	all := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert)}
	for _, o := range options {
		all = append(all, o)
	}
	return dtls.ServerWithOptions(w, w.LocalAddr(), all...)
}

// export takes the SRTP keys out of a connection (RFC 5764, 4.2): the client's, the server's, and the salts of both.
func export(conn *dtls.Conn, active bool) (timbre.SRTPKeys, error) {
	const op = "rtp.export"
	suites := timbre.SRTPSuites()
	chosen, _ := conn.SelectedSRTPProtectionProfile()
	at := slices.IndexFunc(suites, func(s timbre.SRTPSuite) bool { return s.Profile == uint16(chosen) })
	state, done := conn.ConnectionState()
	if at < 0 || !done {
		return timbre.SRTPKeys{}, timbre.Errorf(timbre.Unavailable, op, "the peer agrees to no SRTP protection profile")
	}
	k := timbre.SRTPKeys{Suite: suites[at].Name}
	key, salt := suites[at].Key, suites[at].Salt
	all, err := state.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", nil, 2*(key+salt))
	if err != nil {
		return k, timbre.Errorf(timbre.Internal, op, "%w", err)
	}
	side := func(i int) []byte {
		return append(append([]byte{}, all[i*key:(i+1)*key]...), all[2*key+i*salt:2*key+(i+1)*salt]...)
	}
	if k.Local, k.Remote = side(1), side(0); active {
		k.Local, k.Remote = k.Remote, k.Local
	}
	return k, nil
}

// fingerprint is that of a certificate, by the hash that another one begins with; empty when the hash is not known.
func fingerprint(like string, certificate []byte) string {
	name, _, _ := strings.Cut(strings.ToLower(like), " ")
	var sum []byte
	switch name {
	case "sha-1":
		h := sha1.Sum(certificate) //nolint:gosec // see above
		sum = h[:]
	case "sha-256":
		h := sha256.Sum256(certificate)
		sum = h[:]
	case "sha-384":
		h := sha512.Sum384(certificate)
		sum = h[:]
	case "sha-512":
		h := sha512.Sum512(certificate)
		sum = h[:]
	default:
		return ""
	}
	text := make([]string, len(sum))
	for i, b := range sum {
		text[i] = fmt.Sprintf("%02X", b)
	}
	return name + " " + strings.Join(text, ":")
}
