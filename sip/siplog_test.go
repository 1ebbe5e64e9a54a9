package sip

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"

	"timbre"
)

// sipLog keeps what it is given.
type sipLog struct {
	off        bool // for benchmarks
	mu         sync.Mutex
	messages   []string // connector, Call-ID, first line
	whole      strings.Builder
	receptions []timbre.Reception
}

func (d *sipLog) Message(connectorID, callID string, text fmt.Stringer) {
	if d.off {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	first, _, _ := strings.Cut(text.String(), "\r\n")
	d.messages = append(d.messages, connectorID+" "+callID+" "+first)
	d.whole.WriteString(text.String())
}

func (d *sipLog) Reception(connectorID string, r timbre.Reception) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.receptions = append(d.receptions, r)
}

func (d *sipLog) lines() string { return strings.Join(d.messages, "\n") }

func TestMessagesOfACallAreLoggedForItsConnector(t *testing.T) {
	b := guard(t, "secret", "ann")
	kept := b.sipLog
	c := challenges(t, b.attempt(t, 1))["MD5"]
	answer := authorization(t, c, digest.Options{Username: "ann", Password: "secret"})
	if res := b.attempt(t, 2, answer); res.StatusCode != gosip.StatusOK {
		t.Fatalf("got %s", res)
	}
	b.ask(t, message{method: "INVITE", uri: "sip:nobody.voiceconnector.x", callID: "other", seq: 1}.String())
	at := connectorID + " guarded "
	uri := "sip:" + connectorID + "@127.0.0.1 SIP/2.0"
	want := strings.Join([]string{
		at + "INVITE " + uri, at + "SIP/2.0 401 Unauthorized", at + "INVITE " + uri, at + "SIP/2.0 200 OK",
		at + "ACK " + uri, at + "BYE " + uri, at + "SIP/2.0 200 OK",
	}, "\n")
	if got := kept.lines(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	_, response, _ := strings.Cut(answer, `response="`)
	if text := kept.whole.String(); !strings.Contains(text, `response="****"`) || strings.Contains(text, response[:32]) {
		t.Error("got the digest response in the SIP log")
	}
}

func TestReceptionIsReportedSinceTheLastReport(t *testing.T) {
	b := newBench(t)
	kept := b.sipLog
	tx := newTransaction()
	tx.acks = make(chan *gosip.Request, 1)
	tx.onRespond = func(res *gosip.Response) {
		if res.StatusCode == gosip.StatusOK {
			tx.acks <- request(t, message{method: "ACK", callID: "c", toTag: res.To().Params.GetOr("tag", ""), seq: 1}.String())
		}
	}
	b.handle(request(t, recordingOf("c").String()), tx)
	b.recordings.Report()
	b.recordings.Report()
	b.hangUp() // with a last report
	b.recordings.Report()
	if len(kept.receptions) != 6 {
		t.Fatalf("got %d reports, want 6", len(kept.receptions))
	}
	for i, r := range kept.receptions {
		want := timbre.Reception{
			TransactionID: "tx-1", From: "+12065550101", To: connectorID, Label: []string{"1", "2"}[i%2],
			Packets: 50, Lost: 1, Jitter: 3 * time.Millisecond,
		}
		if r != want {
			t.Errorf("report %d: got %+v, want %+v", i, r, want)
		}
	}
	for i, want := range []string{" c BYE ", " c SIP/2.0 100 ", " c SIP/2.0 200 "} {
		if got := kept.messages[len(kept.messages)-3+i]; !strings.HasPrefix(got, connectorID+want) {
			t.Errorf("message %d of the last three: got %s, want %s%s", i, got, connectorID, want)
		}
	}
}
