package sip

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// selfSigned is the certificate of the tests, for loopback.
var selfSigned = sync.OnceValue(func() *tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, key.Public(), key)
	if err != nil {
		panic(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
})

func shown(*tls.ClientHelloInfo) (*tls.Certificate, error) { return selfSigned(), nil }

// trusting is the configuration of a client that trusts it.
func trusting() *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(selfSigned().Leaf)
	return &tls.Config{RootCAs: pool, ServerName: "127.0.0.1"}
}

func TestTLSVersions(t *testing.T) {
	r := run(t)
	for version, taken := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		cfg := trusting()
		cfg.MinVersion, cfg.MaxVersion = version, version
		conn, err := tls.Dial("tcp", r.Addr("tls").String(), cfg)
		if (err == nil) != taken {
			t.Errorf("%s: got %v", tls.VersionName(version), err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
	waitFor(t, func() bool { return r.rejected("tls") == 2 })
}

func TestAConnectionWithoutTLSIsClosedAndCounted(t *testing.T) {
	r := run(t)
	conn, err := net.Dial("tcp", r.Addr("tls").String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, recordingOf("call-1").String()); err != nil {
		t.Fatal(err)
	}
	_ = conn.SetReadDeadline(time.Now().Add(testTimeout))
	if answer, err := io.ReadAll(conn); strings.Contains(string(answer), "SIP/2.0") {
		t.Errorf("got %q, %v, want no SIP", answer, err)
	}
	if n := r.rejected("tls"); n != 1 || r.calls.count() != 0 {
		t.Errorf("got %v counted and %d calls, want 1 and none", n, r.calls.count())
	}
}

func TestContactIsAsSecureAsThePeers(t *testing.T) {
	r := run(t)
	for name, c := range map[string]struct {
		network, uri, contact string
		want                  string
	}{
		"by UDP":                  {"udp", "sip:" + connectorID + "@127.0.0.1", "", "sip:timbre@%s"},
		"by TLS":                  {"tls", "sip:" + connectorID + "@127.0.0.1", "", "sip:timbre@%s;transport=tls"},
		"sips":                    {"tls", "sips:" + connectorID + "@127.0.0.1", "", "sips:timbre@%s"},
		"sips in their address":   {"tls", "sip:" + connectorID + "@127.0.0.1", "sips:src@127.0.0.1:5099", "sips:timbre@%s"},
		"behind a proxy in clear": {"tls", "sip:" + connectorID + "@127.0.0.1", "sips:src@127.0.0.1:5099>\r\nRecord-Route: <sip:127.0.0.1;lr", "sip:timbre@%s;transport=tls"},
	} {
		m := recordingOf("call-" + strings.ReplaceAll(name, " ", "-"))
		m.uri = c.uri
		text := m.String()
		if c.contact != "" {
			text = strings.Replace(text, "Contact: <sip:src@127.0.0.1:5099>;+sip.src", "Contact: <"+c.contact+">", 1)
		}
		res := dial(t, r, c.network).ask(text)
		if want := strings.ReplaceAll(c.want, "%s", r.Addr(c.network).String()); res.StatusCode != gosip.StatusOK || res.Contact() == nil || res.Contact().Address.String() != want {
			t.Errorf("%s: got %s, want Contact %s", name, res, want)
		}
	}
}
