package test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
)

// A bridged call relays every packet in both directions and has both legs analysed. The list of live calls and the call detail
// record have the reception of both legs.
func TestTrunkCallIsBridgedAndAnalysed(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	folder := t.TempDir()
	n := start(t, settings(t, folder, hook))
	h := setUp(ctx, t, n.API, hookARN)
	ann, gw := newEndpoint(t), newEndpoint(t)
	h.routeTo(ctx, t, portOf(gw.sip))

	ann.dial(n.SIP[0])
	uri := "sip:+13605550199@" + h.connector + ".voiceconnector.chime.aws"
	via := fmt.Sprintf("Via: SIP/2.0/UDP %s;rport;branch=z9hG4bK", ann.sip.LocalAddr())
	from, contact := "From: <sip:+12065550100@127.0.0.1>;tag=ann", fmt.Sprintf("Contact: <sip:ann@%s>", ann.sip.LocalAddr())
	ann.send(ann.sdp(), "INVITE "+uri+" SIP/2.0", via+"1", from, "To: <"+uri+">", "Call-ID: bridged", "CSeq: 1 INVITE", "Max-Forwards: 70", contact)
	invite := gw.receive("INVITE sip:+13605550199@127.0.0.1")
	gw.reply(invite, "180 Ringing", "")
	gw.reply(invite, "200 OK", gw.sdp())
	answer := ann.receive("SIP/2.0 200")
	gw.receive("ACK")
	ann.send("", "ACK "+uri+" SIP/2.0", via+"2", from, headerLines(answer, "To"), "Call-ID: bridged", "CSeq: 1 ACK", "Max-Forwards: 70")
	_, transaction, found := strings.Cut(headerLines(answer, "X-Timbre-Transaction-Id"), ": ")
	if !found {
		t.Fatalf("got no transaction id in\n%s", answer)
	}
	hook.wait(ctx, t, "AnalyticsReady", of(transaction, timbre.AnalyticsReady))
	search, tone := h.analyse(ctx, t, transaction)

	exchangeAudio(t, ann, gw, leg(t, "s1_enrol_caller"), leg(t, "s1_enrol_agent"))
	live := liveCalls(ctx, t, n.Admin)
	if len(live) != 1 || live[0].TransactionID != transaction || len(live[0].Legs) != 2 {
		t.Fatalf("got live calls %+v, want one of %s with two legs", live, transaction)
	}
	for i, l := range live[0].Legs {
		if l.Received == nil || l.Received.Codec == "" || l.Received.Packets == 0 {
			t.Errorf("leg %d: got reception %+v, want a codec and packets", i, l.Received)
		}
	}

	ann.send("", "BYE "+uri+" SIP/2.0", via+"3", from, headerLines(answer, "To"), "Call-ID: bridged", "CSeq: 2 BYE", "Max-Forwards: 70")
	gw.reply(gw.receive("BYE"), "200 OK", "")
	ann.receive("SIP/2.0 200")
	hook.wait(ctx, t, "the search's result", of(search, timbre.IdentificationNoMatches))
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	for _, caller := range []bool{true, false} {
		hook.wait(ctx, t, "the tone of each leg", func(e event) bool {
			return of(tone, timbre.ToneCompleted)(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
		})
	}
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })
	cdrs, err := filepath.Glob(filepath.Join(folder, "logs", "Amazon-Chime-Voice-Connector-CDRs", "json", "*", "*", "*", "*", "*_"+transaction))
	must(t, err)
	if len(cdrs) != 1 {
		t.Fatalf("got call detail records %v, want one", cdrs)
	}
	r := readRecord(t, cdrs[0])
	checkOutcome(t, r, "Completed", "OK")
	if r.SchemaVersion != "2.0" {
		t.Errorf("got schema version %s, want 2.0", r.SchemaVersion)
	}
	if len(r.Legs) != 2 {
		t.Fatalf("got legs %+v, want two", r.Legs)
	}
	for i, l := range r.Legs {
		if *l.Packets == 0 {
			t.Errorf("leg %d: got no packets", i)
		}
	}
}
