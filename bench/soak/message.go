package main

import (
	"fmt"
	"strings"

	"timbre/sip/sdp"
)

// request is one of a call.
func (c *client) request(method string, seq int, of *call, body, headers string) string {
	to := of.to
	if to == "" {
		to = "<" + c.uri + ">"
	}
	return fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%s%d%s\r\nFrom: <sip:src@127.0.0.1>;tag=src\r\nTo: %s\r\nCall-ID: %s\r\n"+
		"CSeq: %d %s\r\nContact: <sip:src@%s>;+sip.src\r\nMax-Forwards: 70\r\n%sContent-Length: %d\r\n\r\n%s",
		method, c.uri, c.LocalAddr(), method, seq, of.id, to, of.id, seq, method, c.LocalAddr(), headers, len(body), body)
}

// body is an offer of two streams, with a key each or in the clear, and who speaks in them.
func (c *client) body(keys []sdp.Crypto) string {
	var b strings.Builder
	b.WriteString("--part\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n")
	for i := range 2 {
		protocol, key := "RTP/AVP", ""
		if i < len(keys) {
			protocol, key = "RTP/SAVP", "a=crypto:"+keys[i].Value()+"\r\n"
		}
		fmt.Fprintf(&b, "m=audio %d %s %d\r\na=rtpmap:%d %s\r\na=label:%d\r\n%sa=sendonly\r\n", c.port, protocol, c.format.payload, c.format.payload, c.format.rtpmap, i+1, key)
	}
	b.WriteString(`
--part
Content-Type: application/rs-metadata+xml
Content-Disposition: recording-session

<?xml version="1.0" encoding="UTF-8"?>
<recording xmlns="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode><session session_id="s"/>
<participant participant_id="a"><nameID aor="sip:+12065550100@example.com"/></participant>
<participant participant_id="b"><nameID aor="sip:+13605550199@example.com"/></participant>
<stream stream_id="x" session_id="s"><label>1</label></stream><stream stream_id="y" session_id="s"><label>2</label></stream>
<participantstreamassoc participant_id="a"><send>x</send><recv>y</recv></participantstreamassoc>
<participantstreamassoc participant_id="b"><send>y</send><recv>x</recv></participantstreamassoc></recording>
--part--
`)
	return b.String()
}
