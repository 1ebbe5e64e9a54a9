package sip

import (
	"cmp"
	"fmt"
	"os"
	"strings"
	"testing"
)

// message is a SIP message of a dialog, as text.
type message struct {
	method, uri, callID, toTag, branch string
	from                               string // value of From; empty: Ann's
	seq                                int
	headers                            []string
	contentType, body                  string
}

func (m message) String() string {
	uri := m.uri
	if uri == "" {
		uri = "sip:" + connectorID + "@127.0.0.1"
	}
	if m.callID == "" {
		m.callID = "call-1"
	}
	if m.branch == "" {
		m.branch = fmt.Sprintf("z9hG4bK%s%s%d", m.callID, m.method, m.seq)
	}
	to := "<" + uri + ">"
	if m.toTag != "" {
		to += ";tag=" + m.toTag
	}
	lines := []string{
		m.method + " " + uri + " SIP/2.0",
		"Via: SIP/2.0/UDP 127.0.0.1:5099;branch=" + m.branch,
		"From: " + cmp.Or(m.from, `"Ann" <sip:+12065550101@127.0.0.1:5099>;tag=theirs`),
		"To: " + to,
		"Call-ID: " + m.callID,
		fmt.Sprintf("CSeq: %d %s", m.seq, m.method),
		"Max-Forwards: 70",
		"Contact: <sip:src@127.0.0.1:5099>;+sip.src",
	}
	lines = append(lines, m.headers...)
	if m.contentType != "" {
		lines = append(lines, "Content-Type: "+m.contentType)
	}
	body := strings.ReplaceAll(strings.ReplaceAll(m.body, "\r\n", "\n"), "\n", "\r\n")
	lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)), "", body)
	return strings.Join(lines, "\r\n")
}

const twoLines = `v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio 30000 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=label:1
a=sendonly
m=audio 30002 RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=label:2
a=sendonly
`

const annAndBob = `<?xml version="1.0"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>
<participant participant_id="p1"><nameID aor="sip:ann@example.com"/></participant>
<participant participant_id="p2"><nameID aor="sip:bob@example.com"/></participant>
<stream stream_id="s1"><label>1</label></stream><stream stream_id="s2"><label>2</label></stream>
<participantstreamassoc participant_id="p1"><send>s1</send></participantstreamassoc>
<participantstreamassoc participant_id="p2"><send>s2</send></participantstreamassoc>
</recording>
`

// both is a multipart body of SDP and metadata; either may be empty.
func both(sdp, metadata string) string {
	var s strings.Builder
	if sdp != "" {
		s.WriteString("--part\nContent-Type: application/sdp\n\n" + sdp)
	}
	if metadata != "" {
		s.WriteString("--part\nContent-Type: application/rs-metadata+xml\nContent-Disposition: recording-session\n\n" + metadata)
	}
	return s.String() + "--part--\n"
}

const mixed = "multipart/mixed;boundary=part"

func recordingOf(callID string) message {
	return message{method: "INVITE", callID: callID, seq: 1, headers: []string{"Require: siprec"}, contentType: mixed, body: both(twoLines, annAndBob)}
}

func text(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
