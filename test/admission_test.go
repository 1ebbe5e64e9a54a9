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

// A connector's settings admit or refuse a SIP call and a WebSocket feed alike, from the next request on.
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
	p := prober{ctx: ctx, t: t, sip: conn, feed: n.Feed}

	const allowed, other = "127.0.0.0/8", "192.0.2.0/24"
	for _, c := range []struct {
		name, network string
		encryption    bool
		disabled      bool
		credentials   bool   // the connector has credentials
		password      string // of the request; empty: none
		connector     string // empty: the configured one
		admitted      bool
		sip, feed     int // status of a refusal
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
		t.Run(c.name, func(t *testing.T) {
			h.configure(ctx, t, c.network, c.encryption, c.disabled, c.credentials)
			id := c.connector
			if id == "" {
				id = h.connector
			}
			if c.admitted { // the INVITE offers no audio, and the feed has no start message
				c.sip, c.feed = 488, http.StatusSwitchingProtocols
			}
			if got := p.invite(id, c.password); got != c.sip {
				t.Errorf("SIP: got status %d, want %d", got, c.sip)
			}
			if got := p.dial(id, c.password); got != c.feed {
				t.Errorf("feed: got status %d, want %d", got, c.feed)
			}
		})
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
		h.setPassword(ctx, t, "ann", "secret")
	}
}

// prober tries to send a call to a server, by SIP and by feed.
type prober struct {
	ctx  context.Context
	t    *testing.T
	sip  net.Conn
	feed string
}

// dial returns the status of a WebSocket request for a connector.
func (p prober) dial(connector, password string) int {
	p.t.Helper()
	r := http.Request{Header: http.Header{}}
	if password != "" {
		r.SetBasicAuth("ann", password)
	}
	c, res, err := websocket.Dial(p.ctx, p.feed+"/"+connector, &websocket.DialOptions{HTTPHeader: r.Header})
	if err == nil {
		_ = c.CloseNow()
	}
	if res == nil {
		p.t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	return res.StatusCode
}

// invite returns the status of an INVITE for a connector. With a password it answers the challenge.
func (p prober) invite(connector, password string) int {
	p.t.Helper()
	call := fmt.Sprint(time.Now().UnixNano())
	uri := "sip:" + connector + ".voiceconnector.chime.aws"
	res := p.request(uri, call, 1, "")
	challenge := res.GetHeader("WWW-Authenticate")
	if password == "" || challenge == nil {
		return res.StatusCode
	}
	c, err := digest.ParseChallenge(challenge.Value())
	must(p.t, err)
	answer, err := digest.Digest(c, digest.Options{Method: "INVITE", URI: uri, Username: "ann", Password: password, Count: 1})
	must(p.t, err)
	return p.request(uri, call, 2, "Authorization: "+answer.String()+"\r\n").StatusCode
}

// noAudio is an offer that nobody takes.
const noAudio = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 9000 RTP/AVP 96\r\n"

// request sends an INVITE that offers no audio, and returns its final response.
func (p prober) request(uri, call string, seq int, header string) *gosip.Response {
	p.t.Helper()
	_, err := fmt.Fprintf(p.sip, "INVITE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d\r\nFrom: <sip:a@example.com>;tag=a\r\nTo: <sip:b@example.com>\r\n"+
		"Call-ID: %[3]s\r\nCSeq: %[4]d INVITE\r\nContact: <sip:a@%[2]s>\r\n%[5]sRequire: siprec\r\nMax-Forwards: 70\r\n"+
		"Content-Type: application/sdp\r\nContent-Length: %[6]d\r\n\r\n%[7]s",
		uri, p.sip.LocalAddr(), call, seq, header, len(noAudio), noAudio)
	must(p.t, err)
	must(p.t, p.sip.SetReadDeadline(time.Now().Add(timeout)))
	for b := make([]byte, 1<<16); ; {
		n, err := p.sip.Read(b)
		must(p.t, err)
		msg, err := gosip.ParseMessage(b[:n])
		must(p.t, err)
		if res, ok := msg.(*gosip.Response); ok && res.StatusCode >= 200 && res.CallID().Value() == call && int(res.CSeq().SeqNo) == seq {
			return res
		}
	}
}
