package sip

import (
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"
)

// BenchmarkCall is one recorded call, from INVITE to BYE, without the network and without what lies behind Calls and Media.
func BenchmarkCall(b *testing.B) {
	s := newBench(b)
	s.sipLog.off = true
	s.calls.events = make(chan string, 2)
	invite := recordingOf("call-1").String()
	for b.Loop() {
		tx := newTransaction()
		tx.onRespond = func(res *gosip.Response) {
			tag := res.To().Params.GetOr("tag", "")
			go s.ask(b, message{method: "ACK", callID: "call-1", toTag: tag, seq: 1}.String())
		}
		s.handle(request(b, invite), tx)
		bye := message{method: "BYE", callID: "call-1", toTag: tx.last().To().Params.GetOr("tag", ""), seq: 2}
		if res := s.ask(b, bye.String()).last(); !res.IsSuccess() {
			b.Fatalf("%s", res)
		}
		if !strings.HasPrefix(<-s.calls.events, "begin") || !strings.HasPrefix(<-s.calls.events, "end") {
			b.Fatal("not a call")
		}
	}
}
