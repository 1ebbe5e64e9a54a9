package transport

import (
	"bytes"
	"regexp"
)

var (
	requestLine = regexp.MustCompile(`^([A-Z]{2,16}) ([^\r\n]{1,512}) SIP/2\.0[ \t]*\r\n`)
	uriScheme   = regexp.MustCompile(`^(?i:[a-z][a-z0-9+.-]*):`)
	mirrored    = regexp.MustCompile(`(?im)^(?:Via|v|From|f|To|t|Call-ID|i|CSeq)[ \t]*:[^\r\n]*(?:\r\n[ \t][^\r\n]*)*`)
)

// minMirrored is how many header lines a response repeats at least: Via, From, To, Call-ID and CSeq.
const minMirrored = 5

// mirror makes the response to a request that cannot be parsed, of the header lines that a response repeats (RFC 3261,
// 8.2.6.2): 400, or 416 if the Request-URI is of another scheme than SIP's. Nil: it is no request, or an ACK, which gets no
// response, or lines are missing without which its sender cannot match a response.
func mirror(data []byte) []byte {
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	m := requestLine.FindSubmatch(head)
	if m == nil || string(m[1]) == "ACK" {
		return nil
	}
	lines := mirrored.FindAll(head, 32)
	if len(lines) < minMirrored {
		return nil
	}
	res := []byte("SIP/2.0 400 Bad Request\r\n")
	if scheme := bytes.ToLower(uriScheme.Find(m[2])); len(scheme) > 0 && string(scheme) != "sip:" && string(scheme) != "sips:" {
		res = []byte("SIP/2.0 416 Unsupported URI Scheme\r\n")
	}
	for _, l := range lines {
		res = append(append(res, l...), '\r', '\n')
	}
	return append(res, "Content-Length: 0\r\n\r\n"...)
}

// withStatusLine replaces the status line of a response, by one that may have header lines after it. Nil stays nil.
func withStatusLine(response []byte, lines string) []byte {
	_, rest, found := bytes.Cut(response, []byte("\r\n"))
	if !found {
		return nil
	}
	return append([]byte(lines+"\r\n"), rest...)
}
