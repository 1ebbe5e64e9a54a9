package test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/coder/websocket"
	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// The same settings of a connector admit and refuse a SIP call and a WebSocket feed alike, from the next request on.
func TestSIPAndFeedAreAdmittedAlike(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	s := settings(t, t.TempDir(), newReceiver(t))
	s.Feed.Listen = "127.0.0.1:0"
	s.SIP.Ban = 0
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	conn, err := net.Dial("udp", strings.TrimPrefix(n.SIP[0], "udp://"))
	must(t, err)
	defer conn.Close()
	d := ways{ctx: ctx, t: t, sip: conn, feed: n.Feed}

	const allowed, other = "127.0.0.0/8", "192.0.2.0/24"
	for _, c := range []struct {
		name, network string
		encryption    bool
		disabled      bool
		credentials   bool   // the connector has those of ann
		password      string // that the request carries; empty: none
		connector     string // empty: the one that is configured
		admitted      bool
		sip, feed     int // status if it is not
	}{
		{name: "allowed source", network: allowed, admitted: true},
		{name: "other source", network: other, sip: 403, feed: 403},
		{name: "disabled", network: allowed, disabled: true, sip: 403, feed: 403},
		{name: "encryption required", network: allowed, encryption: true, sip: 403, feed: 403},
		{name: "right password", network: other, credentials: true, password: "secret", admitted: true},
		{name: "wrong password", network: other, credentials: true, password: "wrong", sip: 403, feed: 403},
		{name: "allowed source again", network: allowed, credentials: true, admitted: true},
		{name: "no such connector", network: allowed, connector: "nowhere", sip: 404, feed: 404},
	} {
		h.configure(ctx, t, c.network, c.encryption, c.disabled, c.credentials)
		id := c.connector
		if id == "" {
			id = h.connector
		}
		for kind, got := range map[string]int{"SIP": d.invite(id, c.password), "feed": d.dial(id, c.password)} {
			want := map[string]int{"SIP": c.sip, "feed": c.feed}[kind]
			if c.admitted { // the INVITE has no offer, and the feed has no start message
				want = map[string]int{"SIP": 488, "feed": http.StatusSwitchingProtocols}[kind]
			}
			if got != want {
				t.Errorf("%s, %s: got status %d, want %d", c.name, kind, got, want)
			}
		}
	}
}

// configure sets which sources may use the connector.
func (h deployment) configure(ctx context.Context, t *testing.T, network string, encryption, disabled, credentials bool) {
	t.Helper()
	_, err := h.voice.UpdateVoiceConnector(ctx, &voice.UpdateVoiceConnectorInput{
		VoiceConnectorId: &h.connector, Name: aws.String("sbc"), RequireEncryption: &encryption,
	})
	must(t, err)
	_, err = h.voice.PutVoiceConnectorTermination(ctx, &voice.PutVoiceConnectorTerminationInput{
		VoiceConnectorId: &h.connector,
		Termination:      &vtypes.Termination{CallingRegions: []string{"US"}, CidrAllowedList: []string{network}, Disabled: &disabled},
	})
	must(t, err)
	if credentials {
		_, err = h.voice.PutVoiceConnectorTerminationCredentials(ctx, &voice.PutVoiceConnectorTerminationCredentialsInput{
			VoiceConnectorId: &h.connector, Credentials: []vtypes.Credential{{Username: aws.String("ann"), Password: aws.String("secret")}},
		})
		must(t, err)
	}
}

// ways are those into a server.
type ways struct {
	ctx  context.Context
	t    *testing.T
	sip  net.Conn
	feed string
}

// dial returns the status of a WebSocket request for a connector.
func (d ways) dial(connector, password string) int {
	d.t.Helper()
	r := http.Request{Header: http.Header{}}
	if password != "" {
		r.SetBasicAuth("ann", password)
	}
	c, res, err := websocket.Dial(d.ctx, d.feed+"/"+connector, &websocket.DialOptions{HTTPHeader: r.Header})
	if err == nil {
		_ = c.CloseNow()
	}
	if res == nil {
		d.t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	return res.StatusCode
}

// invite returns the status of an INVITE for a connector. With a password it answers the challenge.
func (d ways) invite(connector, password string) int {
	d.t.Helper()
	call := fmt.Sprint(time.Now().UnixNano())
	uri := "sip:" + connector + ".voiceconnector.chime.aws"
	res := d.request(uri, call, 1, "")
	challenge := res.GetHeader("WWW-Authenticate")
	if password == "" || challenge == nil {
		return res.StatusCode
	}
	c, err := digest.ParseChallenge(challenge.Value())
	must(d.t, err)
	answer, err := digest.Digest(c, digest.Options{Method: "INVITE", URI: uri, Username: "ann", Password: password, Count: 1})
	must(d.t, err)
	return d.request(uri, call, 2, "Authorization: "+answer.String()+"\r\n").StatusCode
}

// request sends an INVITE without an offer, and returns its final response.
func (d ways) request(uri, call string, seq int, header string) *gosip.Response {
	d.t.Helper()
	_, err := fmt.Fprintf(d.sip, "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d\r\nFrom: <sip:a@example.com>;tag=a\r\nTo: <sip:b@example.com>\r\n"+
		"Call-ID: %[3]s\r\nCSeq: %[4]d INVITE\r\nContact: <sip:a@%[2]s>\r\n%[5]sRequire: siprec\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n",
		uri, d.sip.LocalAddr(), call, seq, header)
	must(d.t, err)
	must(d.t, d.sip.SetReadDeadline(time.Now().Add(timeout)))
	for b := make([]byte, 1<<16); ; {
		n, err := d.sip.Read(b)
		must(d.t, err)
		msg, err := gosip.ParseMessage(b[:n])
		must(d.t, err)
		if res, ok := msg.(*gosip.Response); ok && res.StatusCode >= 200 && res.CallID().Value() == call && int(res.CSeq().SeqNo) == seq {
			return res
		}
	}
}
