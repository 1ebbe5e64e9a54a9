package transport

import (
	"bytes"
	"net/netip"
	"regexp"
	"strings"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/header"
)

// origin is where a request comes from.
func (s *Stack) origin(req *gosip.Request) timbre.Origin {
	o := timbre.Origin{Addr: Source(req)}
	for _, v := range header.Values(req, "authorization") {
		o.Echoed = o.Echoed || s.echoes(o.Addr, v)
	}
	o.Returned = o.Echoed || !strings.EqualFold(req.Transport(), "udp")
	return o
}

// unparsedOrigin is where a message comes from that has not been parsed: by a connection, or else a datagram, whose source, unless it is
// known, has to show its address.
func (s *Stack) unparsedOrigin(from netip.Addr, data []byte, connected bool) timbre.Origin {
	o := timbre.Origin{Addr: from}
	for line := range headerLines(data) {
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && bytes.EqualFold(bytes.TrimSpace(name), []byte("authorization")) {
			o.Echoed = o.Echoed || s.echoes(from, string(value))
		}
	}
	o.Returned = o.Echoed || connected
	return o
}

// maxHeaderLines is how many header lines of a message are looked at for the proof of its source.
const maxHeaderLines = 256

// headerLines are the first header lines of a message, each with the lines that continue it.
func headerLines(data []byte) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		var line []byte
		for range maxHeaderLines {
			next, rest, more := bytes.Cut(data, []byte("\n"))
			if len(next) > 0 && (next[0] == ' ' || next[0] == '\t') {
				line = append(line[:len(line):len(line)], next...)
			} else {
				if len(line) > 0 && !yield(line) {
					return
				}
				line = next
			}
			if data = rest; !more || len(bytes.TrimRight(next, "\r")) == 0 {
				break
			}
		}
		if len(line) > 0 {
			yield(line)
		}
	}
}

// nonceParameter is that of digest credentials; a cnonce is another one.
var nonceParameter = regexp.MustCompile(`(?i)(?:^|[\s,])nonce[ \t]*=[ \t]*"([^"]{1,128})"`)

// maxCredentials bounds what is searched for a nonce.
const maxCredentials = 2048

// echoes reports whether credentials repeat the nonce of a challenge that only a source has got.
func (s *Stack) echoes(from netip.Addr, credentials string) bool {
	if len(credentials) > maxCredentials {
		return false
	}
	m := nonceParameter.FindStringSubmatch(credentials)
	return m != nil && s.deps.Sources.Echoed(from, m[1])
}
