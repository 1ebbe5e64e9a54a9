package sbc

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/check"
	"timbre/config"
	"timbre/environment"
	"timbre/node"
)

// server is a Timbre with a connector.
type server struct {
	*node.Node
	api       *voice.Client
	connector string
	trust     *tls.Config // its certificate
}

// serve runs a server on ports of loopback.
func serve(t *testing.T, change func(*config.Settings)) *server {
	t.Helper()
	s := config.Defaults()
	s.Data = t.TempDir()
	s.API.Listen, s.Admin.Listen, s.Analytics = "127.0.0.1:0", "127.0.0.1:0", "always"
	s.RTP.Ports = config.Ports{First: 25000, Last: 25399}
	v := &server{}
	v.trust = certify(t, &s.SIP.TLS)
	s.SIP.Listen = nil
	for _, text := range []string{"udp://127.0.0.1:0", "tcp://127.0.0.1:0", "tls://127.0.0.1:0"} {
		var e config.Endpoint
		if err := e.UnmarshalText([]byte(text)); err != nil {
			t.Fatal(err)
		}
		s.SIP.Listen = append(s.SIP.Listen, e)
	}
	if change != nil {
		change(&s)
	}
	var err error
	if v.Node, err = node.New(t.Context(), environment.Environment{}, s); err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- v.Run(ctx) }()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	secret, _ := v.Credentials.Secret(v.Credentials.ID)
	v.api = voice.NewFromConfig(aws.Config{
		Region: "us-east-1", BaseEndpoint: aws.String("http://" + v.API),
		Credentials: credentials.NewStaticCredentialsProvider(v.Credentials.ID, secret, ""),
	})
	return v
}

// connect makes a connector that takes calls from a network, under conditions.
func (v *server) connect(t *testing.T, network string, encrypted bool, cps *int32) {
	t.Helper()
	c, err := v.api.CreateVoiceConnector(t.Context(), &voice.CreateVoiceConnectorInput{Name: aws.String("check"), RequireEncryption: &encrypted})
	if err != nil {
		t.Fatal(err)
	}
	v.connector = *c.VoiceConnector.VoiceConnectorId
	_, err = v.api.PutVoiceConnectorTermination(t.Context(), &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &v.connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{network}, CpsLimit: cps},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// at is the address of the server by a transport.
func (v *server) at(network string) string {
	for _, url := range v.SIP {
		if host, is := strings.CutPrefix(url, network+"://"); is {
			return "sip:" + host + ";transport=" + network
		}
	}
	return ""
}

// naming is that address with the id of the connector.
func (v *server) naming(network string) string {
	return strings.Replace(v.at(network), "sip:", "sip:"+v.connector+"@", 1)
}

// certify writes a certificate for 127.0.0.1, and returns what trusts it.
func certify(t *testing.T, to *config.TLS) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	to.Cert, to.Key = write("cert", "CERTIFICATE", der), write("key", "PRIVATE KEY", secret)
	trust := &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	trust.RootCAs.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return trust
}

// look places the messages and returns the findings by what they are about.
func look(t *testing.T, cfg Config) map[string]check.Finding {
	t.Helper()
	r, err := Run(t.Context(), environment.Environment{}, cfg)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]check.Finding{}
	for _, f := range r.Findings {
		all[f.Check] = f
	}
	return all
}

func TestEveryVendorIsTakenByEveryTransport(t *testing.T) {
	v := serve(t, nil)
	v.connect(t, "127.0.0.0/8", false, nil)
	for _, c := range []struct {
		network string
		srtp    bool
	}{{"udp", false}, {"tcp", false}, {"tls", false}, {"tls", true}} {
		t.Run(fmt.Sprintf("%s, SRTP %v", c.network, c.srtp), func(t *testing.T) {
			found := look(t, Config{Server: v.at(c.network), TLS: v.trust, SRTP: c.srtp})
			if f := found["OPTIONS"]; f.Level != check.OK {
				t.Errorf("got %+v of a ping", f)
			}
			for _, vendor := range vendors {
				want := fmt.Sprintf("takes %d of %[1]d streams", vendor.streams)
				if f := found[vendor.name]; f.Level != check.OK || !strings.HasPrefix(f.Text, want) || !strings.Contains(f.Text, "transaction ") {
					t.Errorf("%s: got %+v, want %q", vendor.name, f, want)
				}
			}
		})
	}
}

// A refusal is reported with the setting to change, by the name that the vendor gives it.
func TestRefusalNamesTheSettingOfTheVendor(t *testing.T) {
	strict, few := serve(t, nil), serve(t, nil)
	strict.connect(t, "127.0.0.0/8", true, nil)
	few.connect(t, "127.0.0.0/8", false, aws.Int32(1))
	foreign := serve(t, nil)
	foreign.connect(t, "192.0.2.0/24", false, nil)
	two := serve(t, nil)
	two.connect(t, "127.0.0.0/8", false, nil)
	two.connect(t, "127.0.0.0/8", false, nil)
	for _, c := range []struct {
		name, server string
		srtp         bool
		vendors      []string // the last one is looked at
		level        check.Level
		text, advice string
	}{
		{"not allowed", foreign.at("tcp"), false, []string{"Avaya"}, check.Failure, "403", "the Signaling Interface of the Server Flow"},
		{"no TLS", strict.at("tcp"), false, []string{"Oracle"}, check.Failure, "encryption", "transport-method of the session-recording-server"},
		{"no SRTP", strict.at("tls"), false, []string{"CUCM"}, check.Failure, "488", "SRTP Allowed in the SIP Trunk"},
		{"SRTP by TLS", strict.at("tls"), true, []string{"CUCM"}, check.OK, "takes 1 of 1", ""},
		{"no connector is named", two.at("udp"), false, []string{"AudioCodes"}, check.Failure, "404", "Recording Server (SRS) Destination Username"},
		{"a connector is named", two.naming("udp"), false, []string{"AudioCodes"}, check.OK, "takes 2 of 2", ""},
		{"more than a call a second", few.at("udp"), false, []string{"OpenSIPS", "Asterisk"}, check.OK, "takes 1 of 1", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := look(t, Config{Server: c.server, SRTP: c.srtp, TLS: strict.trust, Vendors: c.vendors})
			f := found[c.vendors[len(c.vendors)-1]]
			if f.Level != c.level || !strings.Contains(f.Text, c.text) || !strings.Contains(f.Advice, c.advice) {
				t.Errorf("got %+v, want %s, %q and %q", f, c.level, c.text, c.advice)
			}
		})
	}
}

func TestPasswordIsGivenWhenAskedFor(t *testing.T) {
	v := serve(t, nil)
	v.connect(t, "192.0.2.0/24", false, nil)
	_, err := v.api.PutVoiceConnectorTerminationCredentials(t.Context(), &voice.PutVoiceConnectorTerminationCredentialsInput{
		VoiceConnectorId: &v.connector, Credentials: []vtypes.Credential{{Username: aws.String("sbc"), Password: aws.String("a long password")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	cfg := Config{Server: v.naming("tcp"), Vendors: []string{"freeswitch"}}
	if f := look(t, cfg)["FreeSWITCH"]; f.Level != check.Failure || !strings.Contains(f.Advice, "username and password of the gateway") {
		t.Errorf("got %+v without a password", f)
	}
	cfg.User, cfg.Password = "sbc", "a long password"
	if f := look(t, cfg)["FreeSWITCH"]; f.Level != check.OK {
		t.Errorf("got %+v with the password", f)
	}
}

// Where nobody answers, nothing more is tried.
func TestSilenceEndsTheLook(t *testing.T) {
	p, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	r, err := Run(t.Context(), environment.Environment{}, Config{Server: "sip:" + p.LocalAddr().String()})
	if err != nil || len(r.Findings) != 1 || r.Findings[0].Level != check.Failure || !strings.Contains(r.Findings[0].Text, "no answer from udp://127.0.0.1") {
		t.Errorf("got %+v, %v, want one failure", r, err)
	}
}

func TestAddressesAndVendorsAreChecked(t *testing.T) {
	for _, cfg := range []Config{
		{Server: "127.0.0.1:5060"},
		{Server: "tel:+12065550100"},
		{Server: "sip:127.0.0.1;transport=sctp"},
		{Server: "sip:127.0.0.1", Vendors: []string{"nobody"}},
	} {
		if _, err := Run(t.Context(), environment.Environment{}, cfg); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%+v: got %v, want it refused", cfg, err)
		}
	}
	for text, want := range map[string]string{
		"sip:host": "udp://host:5060", "sips:host": "tls://host:5061", "sip:a@host:5070;transport=TCP": "tcp://host:5070", "sip:[::1]": "udp://[::1]:5060",
	} {
		if at, err := parse(text); err != nil || where(at) != want {
			t.Errorf("%s: got %s, %v, want %s", text, where(at), err, want)
		}
	}
}

// Every vendor has a message, and a word for where it calls and by what.
func TestVendorsAreComplete(t *testing.T) {
	for _, v := range vendors {
		if messages.Lookup(v.key()+".txt") == nil || v.destination == "" || v.transport == "" || v.source == "" || v.codec == "" || v.streams == 0 {
			t.Errorf("%s lacks something: %+v", v.name, v)
		}
	}
	if n := len(messages.Templates()); n != len(vendors) {
		t.Errorf("got %d messages of %d vendors", n, len(vendors))
	}
}
