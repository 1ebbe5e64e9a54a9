package main

import (
	"fmt"
	"strings"

	"timbre/bench/media"
	"timbre/sip/sdp"
)

// body is an offer of two streams, with a key each or in the clear, and who speaks in them.
func body(f media.Format, port int, keys []sdp.Crypto) string {
	var b strings.Builder
	b.WriteString("--part\r\nContent-Type: application/sdp\r\n\r\nv=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n")
	for i := range 2 {
		protocol, key := "RTP/AVP", ""
		if i < len(keys) {
			protocol, key = "RTP/SAVP", "a=crypto:"+keys[i].Value()+"\r\n"
		}
		fmt.Fprintf(&b, "m=audio %d %s %d\r\na=rtpmap:%d %s\r\na=label:%d\r\n%sa=sendonly\r\n", port, protocol, f.Payload, f.Payload, f.RTPMap, i+1, key)
	}
	b.WriteString(strings.ReplaceAll(metadata, "\n", "\r\n"))
	return b.String()
}

// metadata is the second part of the body. Lines of a message end with CR LF (RFC 2046, section 4.1.1).
const metadata = `
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
`
