package advisory

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// header returns the first value of a header; empty: there is none.
func header(message, name string) string {
	if m := regexp.MustCompile(`(?mi)^` + name + `[ \t]*:[ \t]*([^\r\n]*)`).FindStringSubmatch(message); m != nil {
		return m[1]
	}
	return ""
}

// tag is the tag of To, as a parameter.
func tag(message string) string {
	return regexp.MustCompile(`;tag=[^;\s]+`).FindString(header(message, "To"))
}

// status is the code of a response.
func status(message string) int {
	if len(message) < 11 {
		return 0
	}
	n, _ := strconv.Atoi(message[8:11])
	return n
}

// offer describes one stream of PCMU.
func offer(host string, port int, lines ...string) string {
	return fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %d RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n", host, port) +
		strings.Join(lines, "")
}

// recording is an INVITE that records a call on a connector.
func (p *peer) recording(connector string) request {
	return request{
		method: "INVITE", uri: "sip:" + connector + "@127.0.0.1", call: unique("recording"), headers: []string{"Require: siprec"},
		body: offer(p.host, 40000),
	}
}

// bridged is an INVITE that a connector's gateway gets.
func (p *peer) bridged(connector string) request {
	return request{
		method: "INVITE", uri: "sip:+12065550111@" + connector + ".voiceconnector.chime.aws", call: unique("bridged"), body: offer(p.host, 40000),
	}
}
