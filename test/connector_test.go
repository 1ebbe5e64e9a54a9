package test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
	"github.com/emiago/sipgo"
	gosip "github.com/emiago/sipgo/sip"
)

// Settings that the stock SDK makes on a connector apply to the calls of an independent SIP client.
func TestConnectorSettingsAffectCalls(t *testing.T) {
	ctx := t.Context()
	s := settings(t, t.TempDir(), newReceiver(t))
	n := start(t, s)
	h := setUp(ctx, t, n.API, hookARN)
	h.allow(ctx, t, "192.0.2.0/24") // excludes the test's own address

	ua, err := sipgo.NewUA()
	must(t, err)
	defer ua.Close()
	client, err := sipgo.NewClient(ua, sipgo.WithClientHostname("127.0.0.1"))
	must(t, err)
	defer client.Close()
	peer := netip.MustParseAddrPort(strings.TrimPrefix(n.SIP[0], "udp://"))
	to := gosip.Uri{Scheme: "sip", User: h.connector, Host: peer.Addr().String(), Port: int(peer.Port())}
	// call returns the final response to an INVITE. A challenge is answered with the password.
	call := func(password string) *gosip.Response {
		t.Helper()
		d := sipgo.DialogUA{Client: client, ContactHDR: gosip.ContactHeader{Address: gosip.Uri{Scheme: "sip", User: "src", Host: "127.0.0.1", Port: 5099}}}
		body := "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\n"
		session, err := d.Invite(ctx, to, []byte(body), gosip.NewHeader("Content-Type", "application/sdp"), gosip.NewHeader("X-Voice-Connector-Record-Only", "true"))
		must(t, err)
		defer session.Close()
		err = session.WaitAnswer(ctx, sipgo.AnswerOptions{Username: "ann", Password: password})
		if err == nil {
			must(t, session.Ack(ctx))
			must(t, session.Bye(ctx))
		}
		return session.InviteResponse
	}
	expect := func(what string, res *gosip.Response, code int) {
		t.Helper()
		if res == nil || res.StatusCode != code {
			t.Fatalf("%s: got\n%v\nwant %d", what, res, code)
		}
	}
	credentials := func(list ...vtypes.Credential) {
		t.Helper()
		_, err := h.voice.PutVoiceConnectorTerminationCredentials(ctx, &voice.PutVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: &h.connector, Credentials: list})
		must(t, err)
	}
	logs := func(sip, media bool) {
		t.Helper()
		_, err := h.voice.PutVoiceConnectorLoggingConfiguration(ctx, &voice.PutVoiceConnectorLoggingConfigurationInput{
			VoiceConnectorId:     &h.connector,
			LoggingConfiguration: &vtypes.LoggingConfiguration{EnableSIPLogs: &sip, EnableMediaMetricLogs: &media},
		})
		must(t, err)
	}

	expect("without credentials", call("secret"), gosip.StatusForbidden)
	credentials(vtypes.Credential{Username: aws.String("ann"), Password: aws.String("secret")})
	expect("wrong password", call("Secret"), gosip.StatusForbidden)
	logs(true, true)
	expect("right password", call("secret"), gosip.StatusOK)
	logs(false, false)
	credentials(vtypes.Credential{Username: aws.String("ann"), Password: aws.String("another")})
	expect("old password", call("secret"), gosip.StatusForbidden)
	expect("new password", call("another"), gosip.StatusOK)
	_, err = h.voice.DeleteVoiceConnectorTerminationCredentials(ctx, &voice.DeleteVoiceConnectorTerminationCredentialsInput{VoiceConnectorId: &h.connector, Usernames: []string{"ann"}})
	must(t, err)
	expect("deleted password", call("another"), gosip.StatusForbidden)

	var logged []string
	for _, line := range jsonl(t, filepath.Join(s.Data, "logs", h.connector, "sip.jsonl")) {
		text, _ := line["sip_message"].(string)
		if !strings.HasPrefix(text, "ACK") { // the BYE may overtake it
			logged = append(logged, strings.Fields(text)[0]+" "+strings.Fields(text)[1])
		}
		if line["voice_connector_id"] != h.connector || line["aws_region"] != "us-east-1" {
			t.Errorf("got log line %v, want connector %s in us-east-1", line, h.connector)
		}
	}
	uri := "sip:" + h.connector + "@" + peer.String()
	want := []string{"INVITE " + uri, "SIP/2.0 401", "INVITE " + uri, "SIP/2.0 200", "BYE", "SIP/2.0 200"}
	if len(logged) != len(want) {
		t.Fatalf("got messages %q, want %q", logged, want)
	}
	for i, w := range want {
		if !strings.HasPrefix(logged[i], w) {
			t.Errorf("message %d: got %q, want %q", i, logged[i], w)
		}
	}
	if media := jsonl(t, filepath.Join(s.Data, "logs", h.connector, "media.jsonl")); len(media) != 1 || media[0]["to_sip_user"] != h.connector {
		t.Errorf("got media log %v, want one line of %s", media, h.connector)
	}

	before := time.Now().Add(-time.Second)
	ping := gosip.NewRequest(gosip.OPTIONS, to)
	res, err := client.Do(ctx, ping)
	must(t, err)
	expect("OPTIONS", res, gosip.StatusOK)
	health, err := h.voice.GetVoiceConnectorTerminationHealth(ctx, &voice.GetVoiceConnectorTerminationHealthInput{VoiceConnectorId: &h.connector})
	must(t, err)
	if p := health.TerminationHealth; p.Source == nil || *p.Source != "127.0.0.1" || p.Timestamp.Before(before) {
		t.Errorf("got health %+v, want one from 127.0.0.1 after %s", p, before)
	}

	_, err = h.voice.DeleteVoiceConnector(ctx, &voice.DeleteVoiceConnectorInput{VoiceConnectorId: &h.connector})
	must(t, err)
	if left, _ := os.ReadDir(filepath.Join(s.Data, "logs", h.connector)); len(left) != 0 {
		t.Errorf("got logs %v of a connector that is deleted, want none", left)
	}
}

// jsonl reads a file of JSON lines.
func jsonl(t *testing.T, path string) (lines []map[string]any) {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	for line := range bytes.Lines(text) {
		var v map[string]any
		must(t, json.Unmarshal(line, &v))
		lines = append(lines, v)
	}
	return lines
}
