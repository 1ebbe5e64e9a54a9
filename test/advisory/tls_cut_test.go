package advisory

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
)

// A TLS connection that is cut, or begun anew, while it is still being made must not break the server, nor shut others out:
// CVE-2021-32686, AST-2021-009 (Asterisk).
func TestCutTLSHandshakes(t *testing.T) {
	cert, key := certificate(t)
	s := serve(t, "TIMBRE_SIP_LISTEN=udp://127.0.0.1:0,tls://127.0.0.1:0", "TIMBRE_SIP_TLS_CERT="+cert, "TIMBRE_SIP_TLS_KEY="+key,
		"TIMBRE_ADMIN_TLS_CERT="+cert, "TIMBRE_ADMIN_TLS_KEY="+key)
	s.connector(t, "127.0.0.1/32")
	trusting := &tls.Config{InsecureSkipVerify: true} // the certificate is the test's own
	for door, at := range map[string]string{"SIP": strings.TrimPrefix(s.At["sip tls"], "tls://"), "admin port": strings.TrimPrefix(s.At["admin"], "https://")} {
		hello := clientHello(t, trusting)
		for n := 1; n < len(hello); n += 16 {
			conn, err := net.Dial("tcp", at)
			must(t, err)
			_, err = conn.Write(hello[:n])
			must(t, err)
			if n%2 == 0 {
				must(t, conn.(*net.TCPConn).SetLinger(0)) // a reset
			}
			_ = conn.Close()
		}
		twice, err := net.Dial("tcp", at)
		must(t, err)
		_, err = twice.Write(append(append([]byte{}, hello...), hello...))
		must(t, err)
		_ = twice.Close()
		until(t, "whole handshake with "+door+" after those that were cut", func() bool { // they count until they are noticed to be gone
			conn, err := tls.DialWithDialer(&net.Dialer{Timeout: 5 * time.Second}, "tcp", at, trusting)
			if err == nil {
				_ = conn.Close()
			}
			return err == nil
		})
	}
}

// clientHello is the first flight of a client.
func clientHello(t *testing.T, cfg *tls.Config) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer server.Close()
	go func() { _ = tls.Client(client, cfg).Handshake() }()
	b := make([]byte, 4096)
	n, err := server.Read(b)
	must(t, err)
	return b[:n]
}

// certificate writes a certificate of the test's own, and its key.
func certificate(t *testing.T) (certFile, keyFile string) {
	t.Helper()
	c, err := selfsign.GenerateSelfSigned()
	must(t, err)
	key, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	must(t, err)
	folder := t.TempDir()
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	must(t, os.WriteFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Certificate[0]}), 0o600))
	must(t, os.WriteFile(keyFile, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}), 0o600))
	return certFile, keyFile
}
