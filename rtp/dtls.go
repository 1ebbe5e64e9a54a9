package rtp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/logging"

	"timbre"
)

// profiles are the SRTP protection profiles that we accept, the strongest first.
func profiles() (all []dtls.SRTPProtectionProfile) {
	for _, s := range timbre.SRTPSuites() {
		if s.InDTLS {
			all = append(all, dtls.SRTPProtectionProfile(s.Profile))
		}
	}
	return all
}

// flightInterval is how long a flight waits for an answer before its first retransmission. The first flight is often lost: it may
// be sent before our SDP answer has reached the peer.
const flightInterval = 200 * time.Millisecond

var errFingerprint = errors.New("the certificate does not have the fingerprint that was signalled")

// handshake does a DTLS-SRTP handshake (RFC 5764) and returns the keys of both sides.
func handshake(ctx context.Context, w *dtlsTransport, d timbre.DTLSParameters, own tls.Certificate) (*dtls.Conn, timbre.SRTPKeys, error) {
	options := []dtls.Option{
		dtls.WithCertificates(own), dtls.WithSRTPProtectionProfiles(profiles()...), dtls.WithInsecureSkipVerify(true), dtls.WithFlightInterval(flightInterval),
		dtls.WithLoggerFactory(&logging.DefaultLoggerFactory{Writer: io.Discard, DefaultLogLevel: logging.LogLevelDisabled}),
		dtls.WithVerifyPeerCertificate(func(chain [][]byte, _ [][]*x509.Certificate) error {
			if len(chain) == 0 || !strings.EqualFold(certificateFingerprint(d.Fingerprint, chain[0]), d.Fingerprint) {
				return errFingerprint
			}
			return nil
		}),
	}
	conn, err := newDTLSConn(w, d.Active, options)
	if err == nil {
		if err = conn.HandshakeContext(ctx); err != nil {
			err = errors.Join(err, conn.Close())
		}
	}
	if err != nil {
		return nil, timbre.SRTPKeys{}, timbre.Errorf(timbre.Unavailable, "rtp.handshake", "%w", err)
	}
	keys, err := exportKeys(conn, d.Active)
	if err != nil {
		return nil, timbre.SRTPKeys{}, errors.Join(err, conn.Close())
	}
	return conn, keys, nil
}

func newDTLSConn(w *dtlsTransport, active bool, options []dtls.Option) (*dtls.Conn, error) {
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

// exportKeys derives the SRTP keys of a connection (RFC 5764, 4.2): the client's, the server's, and the salts of both.
func exportKeys(conn *dtls.Conn, active bool) (timbre.SRTPKeys, error) {
	const op = "rtp.exportKeys"
	suites := timbre.SRTPSuites()
	chosen, _ := conn.SelectedSRTPProtectionProfile()
	at := slices.IndexFunc(suites, func(s timbre.SRTPSuite) bool { return s.Profile == uint16(chosen) })
	state, done := conn.ConnectionState()
	if at < 0 || !done {
		return timbre.SRTPKeys{}, timbre.Errorf(timbre.Unavailable, op, "no SRTP protection profile was agreed on")
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
