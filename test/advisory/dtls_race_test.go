package advisory

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
)

// Whoever says hello first to a port that waits for a handshake, or answers a hello in the peer's place, must not keep the peer out:
// CVE-2023-49786 (Asterisk), CVE-2023-51443 (FreeSWITCH).
func TestDTLSRace(t *testing.T) {
	s := serve(t)
	c := s.connector(t, "127.0.0.1/32")
	own, err := selfsign.GenerateSelfSigned()
	must(t, err)
	for _, setup := range []string{"active", "passive"} { // of the peer
		t.Run("peer "+setup, func(t *testing.T) {
			ann, hers := s.peer(t, "udp", "127.0.0.1"), media(t, "127.0.0.1")
			call := ann.recording(c)
			call.body = strings.Replace(offer(ann.host, hers.port(), fingerprint(own), "a=setup:"+setup+"\r\na=rtcp-mux\r\n"), "RTP/AVP", "UDP/TLS/RTP/SAVP", 1)
			answer := ann.ask(call)
			if status(answer) != 200 {
				t.Fatalf("got\n%s\nwant 200", answer)
			}
			to := mediaOf(answer)
			for _, host := range []string{"127.0.0.1", "127.0.0.62"} {
				for range 4 { // each from a port of its own
					stranger := media(t, host)
					stranger.send(to, nullHello)
					stranger.send(to, helloVerify)
					stranger.send(to, fatalAlert)
				}
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			peer, err := handshake(hers, net.UDPAddrFromAddrPort(to), own, setup == "active")
			must(t, err)
			if err := peer.HandshakeContext(ctx); err != nil {
				t.Errorf("the peer's handshake: got error %v, want none", err)
			}
			ann.bye(call, answer)
		})
	}
}

// nullHello is a ClientHello that offers TLS_NULL_WITH_NULL_NULL alone.
var nullHello = record(22, message(1, append(append([]byte{254, 253}, make([]byte, 34)...), 0, 2, 0, 0, 1, 0)))

// helloVerify is a HelloVerifyRequest with a cookie.
var helloVerify = record(22, message(3, append([]byte{254, 255, 20}, make([]byte, 20)...)))

// fatalAlert says that the handshake has failed.
var fatalAlert = record(21, []byte{2, 40})

func record(kind byte, body []byte) []byte {
	return append([]byte{kind, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, byte(len(body) >> 8), byte(len(body))}, body...)
}

func message(kind byte, body []byte) []byte {
	n := byte(len(body))
	return append([]byte{kind, 0, 0, n, 0, 0, 0, 0, 0, 0, 0, n}, body...)
}

func handshake(conn net.PacketConn, to net.Addr, own tls.Certificate, client bool) (*dtls.Conn, error) {
	profiles := dtls.WithSRTPProtectionProfiles(dtls.SRTP_AES128_CM_HMAC_SHA1_80)
	if client {
		return dtls.ClientWithOptions(conn, to, dtls.WithCertificates(own), dtls.WithInsecureSkipVerify(true), profiles)
	}
	return dtls.ServerWithOptions(conn, to, dtls.WithCertificates(own), dtls.WithInsecureSkipVerify(true), profiles, dtls.WithClientAuth(dtls.RequireAnyClientCert))
}

// fingerprint is a certificate's line in a description.
func fingerprint(c tls.Certificate) string {
	return "a=fingerprint:sha-256 " + strings.ReplaceAll(fmt.Sprintf("% X", sha256.Sum256(c.Certificate[0])), " ", ":") + "\r\n"
}
