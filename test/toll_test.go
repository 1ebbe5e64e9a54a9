package test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"timbre"
)

// A call to a premium number is refused before a gateway hears of it, and the operator is told.
func TestATripOfTheTollGuardIsDelivered(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	ann := newEndpoint(t)
	h.routeTo(ctx, t, 9)
	ann.dial(n.SIP[0])

	uri := "sip:+19005550199@" + h.connector + ".voiceconnector.chime.aws"
	ann.send(ann.sdp(), "INVITE "+uri+" SIP/2.0", fmt.Sprintf("Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK1", ann.sip.LocalAddr()),
		"From: <sip:+12065550100@127.0.0.1>;tag=ann", "To: <"+uri+">", "Call-ID: premium", "CSeq: 1 INVITE", "Max-Forwards: 70",
		fmt.Sprintf("Contact: <sip:ann@%s>", ann.sip.LocalAddr()))
	ann.receive("SIP/2.0 403")

	told := hook.wait(ctx, t, "the event of the toll guard", func(e event) bool { return e.Detail.DetailStatus == timbre.TollGuardTripped })
	var got struct {
		Detail struct {
			Reason, FromNumber, ToNumber, SourceIPAddress, CallID, VoiceConnectorID string
			Calls                                                                   int
		}
	}
	must(t, json.Unmarshal(told.Raw, &got))
	d := got.Detail
	if d.Reason != "premium" || d.FromNumber != "+12065550100" || d.ToNumber != "+19005550199" || d.SourceIPAddress != "127.0.0.1" ||
		d.CallID != "premium" || d.VoiceConnectorID != h.connector || d.Calls != 1 {
		t.Errorf("got %+v, want the call", d)
	}
	if len(hook.all(func(e event) bool { return e.Detail.StreamingStatus != "" })) != 0 {
		t.Error("got streaming events of a call that was refused, want none")
	}
}
