package sip

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

// recordedMessage is one of those that an OpenSIPS 3.6 with rtpengine sent in real calls; only the tag of the recording
// server and the address that it answers to are put in.
func recordedMessage(t *testing.T, p *client, name, tag string) string {
	text := text(t, "siprec/testdata/opensips/opensips36-siprec-"+name+".sip.txt")
	text = strings.Replace(text, " 127.0.0.1:5060;branch", " "+p.conn.LocalAddr().String()+";branch", 1)
	return regexp.MustCompile(`(To: <[^>]*>;tag=)[^\r]*`).ReplaceAllString(text, "${1}"+tag)
}

// ackFor is the ACK that a client sends for an answer.
func ackFor(invite string, res *gosip.Response) string {
	line := func(name string) string {
		return regexp.MustCompile(`(?m)^` + name + `: .*\r\n`).FindString(invite)
	}
	return "ACK sip:srs@127.0.0.1 SIP/2.0\r\n" + strings.Replace(line("Via"), "branch=z9hG4bK", "branch=z9hG4bKack", 1) + line("From") +
		"To: " + res.To().Value() + "\r\n" + line("Call-ID") + fmt.Sprintf("CSeq: %d ACK\r\n", res.CSeq().SeqNo) + "Content-Length: 0\r\n\r\n"
}

var aliceAndBob = []timbre.Leg{
	{Side: timbre.Caller, Index: 0, Label: "1", Party: "sip:+13605550100@127.0.0.1:5080"},
	{Side: timbre.Callee, Index: 1, Label: "0", Party: "sip:+12065550199@127.0.0.1:5060"},
}

func checkAnswer(t *testing.T, res *gosip.Response, second string) {
	t.Helper()
	sdp := string(res.Body())
	if res.StatusCode != gosip.StatusOK || !strings.Contains(sdp, "m=audio 20000 RTP/AVP 8 101\r\na=label:1\r\n") ||
		!strings.Contains(sdp, "m=audio 20002 RTP/AVP 8 101\r\na=label:0\r\n") || !strings.HasSuffix(sdp, "a="+second+"\r\na=rtcp:20003\r\n") {
		t.Errorf("got %s", res)
	}
}

func TestReplayOpenSIPSByUDP(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	invite := recordedMessage(t, p, "invite-udp", "")
	res := p.ask(invite)
	checkAnswer(t, res, "recvonly")
	p.send(ackFor(invite, res))
	r.expect(t, "begin tx-1")
	call := r.calls.call(0)
	if call.CallID != "B2B.31.918646.1795303327.35739548" || call.Headers["x-lab-call"] != "$ci" || call.From != "srs" ||
		!strings.HasPrefix(call.Metadata, "<?xml") || !strings.HasSuffix(call.Metadata, "</recording>") {
		t.Errorf("got %+v", call)
	}
	for i, l := range call.Legs {
		if l != aliceAndBob[i] {
			t.Errorf("got %+v", l)
		}
	}
	spec := r.media.specs(0)[0]
	if spec.Remote != netip.MustParseAddrPort("127.0.0.1:30038") || spec.RTCP != netip.MustParseAddrPort("127.0.0.1:30039") || spec.Payloads[8] != timbre.PCMA {
		t.Errorf("got %+v", spec)
	}
}

// A real hold: two re-INVITEs for each step, the first with nothing new, and an o= line that never changes.
func TestReplayOpenSIPSHoldAndResumeByTCP(t *testing.T) {
	r := run(t)
	p := dial(t, r, "tcp")
	tag := ""
	for i, second := range []string{"recvonly", "recvonly", "inactive", "inactive", "recvonly"} {
		invite := recordedMessage(t, p, fmt.Sprintf("tcp-hold-%d", i+1), tag)
		res := p.ask(invite)
		checkAnswer(t, res, second)
		tag = res.To().Params.GetOr("tag", "")
		p.send(ackFor(invite, res))
		r.expect(t, map[bool]string{true: "begin tx-1", false: "update tx-1"}[i == 0])
	}
	if held := r.media.specs(1); len(held) != 3 || held[0].Hold || !held[1].Hold || held[2].Hold || len(r.media.specs(0)) != 1 {
		t.Errorf("got %+v", held)
	}
	for i, u := range r.calls.updates {
		if u.Legs != nil || u.Headers["cseq"] != fmt.Sprintf("%d INVITE", i+3) {
			t.Errorf("got %+v", u)
		}
	}
}

// captured is an INVITE that another system sent, as if it came from a client here.
func captured(t *testing.T, p *client, name string) string {
	text := text(t, "testdata/capture/"+name+".sip.txt")
	via := regexp.MustCompile(`(?m)^Via: SIP/2.0/[A-Z]+ [^;\r]*`)
	first := via.FindString(text)
	return strings.Replace(text, first, "Via: SIP/2.0/UDP "+p.conn.LocalAddr().String(), 1)
}

// A telephone that prefers nothing and offers everything, with Opus among it.
func TestReplayBaresip(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	invite := captured(t, p, "baresip-opus-invite")
	res := p.ask(invite)
	if sdp := string(res.Body()); res.StatusCode != gosip.StatusOK || !strings.Contains(sdp, "m=audio 20000 RTP/AVP 0 101\r\na=label:1\r\n") || !strings.HasSuffix(sdp, "a=recvonly\r\na=rtcp:20001\r\n") {
		t.Errorf("got %s", res)
	}
	p.send(ackFor(invite, res))
	r.expect(t, "begin tx-1")
	spec := r.media.specs(0)[0]
	if spec.Remote != netip.MustParseAddrPort("192.0.2.2:22090") || spec.Payloads[0] != timbre.PCMU || spec.Payloads[8] != timbre.PCMA || spec.Hold {
		t.Errorf("got %+v", spec)
	}
	if call := r.calls.call(0); call.From != "alice" || call.To != "srs" || call.CallID != "b16184110d743ce4" || call.Headers["user-agent"] == "" {
		t.Errorf("got %+v", call)
	}
}

// An SBC that offers SRTP in twelve suites, and nothing else: what is not encrypted is not answered.
func TestReplayKamailioWithSRTPIsNotAnsweredInTheClear(t *testing.T) {
	r := run(t)
	p := dial(t, r, "udp")
	res := p.ask(captured(t, p, "kamailio563-rtpengine105-tls-srtp-invite"))
	switch sdp := string(res.Body()); res.StatusCode {
	case gosip.StatusNotAcceptableHere:
		if r.rejected("encryption") != 1 {
			t.Errorf("got %s", res)
		}
	case gosip.StatusOK:
		if !strings.Contains(sdp, "m=audio 20000 RTP/SAVP 8 ") || strings.Count(sdp, "a=crypto:")+strings.Count(sdp, "a=fingerprint:") != 1 {
			t.Errorf("got %s", res)
		}
	default:
		t.Errorf("got %s", res)
	}
}
