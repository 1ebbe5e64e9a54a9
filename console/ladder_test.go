package console

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"timbre"
)

// dialog is that of a peer which begins a call and is hung up on.
var dialog = []string{
	"INVITE sip:+12065550199@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9\r\nf: <sip:+12065550100@192.0.2.9;x=1>;tag=peer;y\r\nTo: <sip:b@b>\r\nCSeq: 1 INVITE\r\n\r\nFrom: body\r\n",
	"SIP/2.0 100 Trying\r\nFrom: <sip:a@192.0.2.9>;tag=peer\r\nCSeq: 1 INVITE\r\n\r\n",
	"SIP/2.0 200 OK\r\nFrom: <sip:a@192.0.2.9>;tag=peer\r\nTo: <sip:b@b>;tag=own\r\nCSeq: 1 INVITE\r\n\r\n",
	"ACK sip:b@192.0.2.1 SIP/2.0\r\nFrom: <sip:a@192.0.2.9>;tag=peer\r\nCSeq: 1 ACK\r\n\r\n",
	"BYE sip:a@192.0.2.9 SIP/2.0\r\nFrom: <sip:b@b>;tag=own\r\nTo: <sip:a@192.0.2.9>;tag=peer\r\nCSeq: 1 BYE\r\n\r\n",
	"SIP/2.0 200 OK\r\nFrom: <sip:b@b>;tag=own\r\nTo: <sip:a@192.0.2.9>;tag=peer\r\nCSeq: 1 BYE\r\n\r\n",
}

func TestLadderSaysWhoHasSentAMessage(t *testing.T) {
	f := newFakes(t)
	began := time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC)
	for i, text := range dialog {
		f.messages = append(f.messages, timbre.LoggedMessage{Time: began.Add(time.Duration(i-2) * time.Second), Text: text})
	}
	f.messages = append(f.messages, timbre.LoggedMessage{Time: began.Add(time.Hour), Text: "INVITE of another call with the same Call-ID"})
	f.stored["x"] = timbre.Call{TransactionID: "x", ConnectorID: "abc", Started: began, Ended: began.Add(2 * time.Second)}
	f.signIn("ALL")
	var got struct {
		Logged   bool
		Messages []struct{ From, Start, CSeq, Text string }
	}
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls/x/sip", ""), &got)
	var from []string
	for _, m := range got.Messages {
		from = append(from, m.From)
	}
	if s := strings.Join(from, " "); s != "peer server server peer server peer" {
		t.Errorf("got messages from %s", s)
	}
	if m := got.Messages[0]; m.CSeq != "1 INVITE" || !strings.HasPrefix(m.Start, "INVITE ") || strings.Contains(m.Text, "+12065550100") {
		t.Errorf("got %+v, want the INVITE with masked numbers", m)
	}
	f.want(http.StatusOK, f.ask(http.MethodGet, "/console/calls/x/sip?numbers=show", ""), &got)
	if m := got.Messages[0]; !strings.Contains(m.Text, "+12065550100") {
		t.Errorf("got %+v, want whole numbers", m)
	}
	f.want(http.StatusNotFound, f.ask(http.MethodGet, "/console/calls/y/sip", ""))
}

func FuzzLadder(f *testing.F) {
	for _, text := range append(dialog, "", ">;tag=", "From:>", "\n\n", "f:;tag=;") {
		f.Add(text, dialog[0])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		got := ladder([]timbre.LoggedMessage{{Text: first}, {Text: second}})
		if len(got) != 2 || got[0].Text != first {
			t.Errorf("got %+v, want both messages", got)
		}
	})
}
