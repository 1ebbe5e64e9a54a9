package test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/node"
)

// A capture of OpenSIPS is replayed with one of its two streams disabled. A re-INVITE enables it; from then on it is a leg with
// events, and the running tone analysis includes it. The settings decide which leg is the caller's; in the next call a tag of
// the connector overrides them.
func TestStreamAddedByReinvite(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	set := settings(t, t.TempDir(), hook)
	set.Legs.Caller = []string{"+1206*"}
	n := start(t, set)
	h := setUp(ctx, t, n.API, hookARN)
	recorded := capture(t, "opensips36-rtpengine105-siprec-udp-pcma-2party.pcap")

	src := newClient(t, strings.TrimPrefix(n.SIP[0], "udp://"))
	whole := string(recorded.first(t, "INVITE "))
	answer := src.invite(t, []byte(strings.Replace(whole, "m=audio 30056", "m=audio 00000", 1)))
	transaction := field(t, answer, `(?m)^X-Timbre-Transaction-Id: (\S+)`)
	if ports := audioPorts(answer); len(ports) != 2 || ports[0] == "0" || ports[1] != "0" {
		t.Fatalf("got\n%s\nwant the first stream accepted and the second one rejected", answer)
	}
	caller := func(want bool, index int) func(event) bool {
		return func(e event) bool {
			return e.Detail.TransactionID == transaction && e.Detail.SDP.MediaIndex == index && e.Detail.IsCaller != nil && *e.Detail.IsCaller == want
		}
	}
	hook.wait(ctx, t, "the first stream as the callee's, against the metadata", func(e event) bool {
		return of(transaction, timbre.StreamingStarted)(e) && caller(false, 0)(e)
	})

	started, err := h.voice.StartVoiceToneAnalysisTask(ctx, &chimesdkvoice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &h.connector,
		TransactionId:    &transaction, LanguageCode: types.LanguageCodeEnUs,
	})
	must(t, err)
	tone := *started.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId
	live := liveCalls(ctx, t, n.Admin)
	if len(live) != 1 || len(live[0].Legs) != 1 {
		t.Fatalf("got live calls %+v, want one with one leg", live)
	}
	if w := live[0].Warnings; len(w) != 1 || !strings.Contains(w[0], `label "0"`) {
		t.Errorf("got warnings %q, want one about label 0", w)
	}
	again := regexp.MustCompile(`(?m)^To: .*\r$`).ReplaceAllString(whole, "To: "+src.to+"\r")
	again = strings.NewReplacer("2 INVITE", "3 INVITE", "branch=z9hG4bK", "branch=z9hG4bKagain", "127.0.0.1:5060", src.LocalAddr().String()).Replace(again)
	src.send(t, again)
	for !strings.Contains(answer, "CSeq: 3 INVITE") || !strings.HasPrefix(answer, "SIP/2.0 200") {
		answer = src.receive(t)
	}
	src.send(t, src.request(t, "ACK", "3 ACK"))
	ports := audioPorts(answer)
	if len(ports) != 2 || ports[1] == "0" || !strings.Contains(answer, "a=label:0") {
		t.Fatalf("got\n%s\nwant both streams accepted", answer)
	}
	hook.wait(ctx, t, "the second stream as the caller's", func(e event) bool {
		return of(transaction, timbre.StreamingStarted)(e) && caller(true, 1)(e)
	})
	hook.wait(ctx, t, "AnalyticsReady for the second stream", func(event) bool { return len(hook.all(of(transaction, timbre.AnalyticsReady))) == 2 })

	sent := make(chan error, 2)
	for i, from := range []uint16{30038, 30056} {
		go func() { sent <- replay(recorded.from(from), "127.0.0.1:"+ports[i]) }()
	}
	for range ports {
		must(t, <-sent)
	}
	for _, is := range []string{"true", "false"} {
		hook.wait(ctx, t, "a tone of each leg", func(e event) bool {
			return of(tone, timbre.ToneSuccessful)(e) && e.Detail.IsCaller != nil && fmt.Sprint(*e.Detail.IsCaller) == is
		})
	}
	src.send(t, src.request(t, "BYE", "4 BYE"))
	src.receive(t)
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(transaction, timbre.StreamingEnded))) == 2 })

	c, err := h.voice.GetVoiceConnector(ctx, &chimesdkvoice.GetVoiceConnectorInput{VoiceConnectorId: &h.connector})
	must(t, err)
	_, err = h.voice.TagResource(ctx, &chimesdkvoice.TagResourceInput{
		ResourceARN: c.VoiceConnector.VoiceConnectorArn,
		Tags:        []types.Tag{{Key: aws.String("timbre:legs.caller"), Value: aws.String("+1360*")}},
	})
	must(t, err)
	answer = src.invite(t, []byte(strings.NewReplacer("B2B.31.918646", "B2B.31.918647", "branch=z9hG4bK", "branch=z9hG4bKnext").Replace(whole)))
	transaction = field(t, answer, `(?m)^X-Timbre-Transaction-Id: (\S+)`)
	hook.wait(ctx, t, "the first stream as the caller's", caller(true, 0))
	src.bye(t)
}

func audioPorts(answer string) (ports []string) {
	for _, m := range regexp.MustCompile(`(?m)^m=audio (\d+) `).FindAllStringSubmatch(answer, -1) {
		ports = append(ports, m[1])
	}
	return ports
}

func liveCalls(ctx context.Context, t *testing.T, admin string) (live []node.LiveCall) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+admin+"/calls", nil)
	must(t, err)
	res, err := new(http.Client).Do(req)
	must(t, err)
	defer res.Body.Close()
	must(t, json.NewDecoder(res.Body).Decode(&live))
	return live
}
