package trunk

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"timbre/sip/sdp"
)

// writer writes the session descriptions that one side is sent: those of the other side, with a session, addresses and ports
// of this server.
type writer struct {
	address netip.Addr // announced
	origin  sdp.Origin
}

func newWriter(address netip.Addr) *writer {
	return &writer{address: address, origin: sdp.NewOrigin()}
}

// localLine is what replaces the other side's parts of an m-line.
type localLine struct {
	port  int      // 0 refuses it
	proto string   // empty: the other side's
	keys  []string // attribute lines
}

// replaced are the attributes that say where media comes from and goes to, and how it is keyed. Each side has its own.
var replaced = []string{
	"rtcp", "rtcp-mux", "rtcp-mux-only", "rtcp-rsize-mux", "candidate", "remote-candidates", "end-of-candidates", "ice-ufrag", "ice-pwd",
	"ice-options", "ice-lite", "ice-mismatch", "ice-pacing", "group", "bundle-only", "crypto", "fingerprint", "setup", "connection", "tls-id", "key-mgmt",
}

// write returns a description, which sdp.Read has accepted, as this side is sent it. What is not replaced stays as it is, in
// the order that the grammar demands.
func (w *writer) write(raw []byte, lines []localLine) []byte {
	sections := sectionsOf(raw)
	var b strings.Builder
	w.writeSession(&b, sections[0])
	for i, s := range sections[1:] {
		var local localLine
		if i < len(lines) {
			local = lines[i]
		}
		writeMedia(&b, s, local)
	}
	w.origin.Update(b.String())
	return []byte("v=0\r\n" + w.origin.Line(w.address) + "\r\n" + b.String())
}

func (w *writer) writeSession(b *strings.Builder, s section) {
	if len(s['s']) == 0 {
		s['s'] = []string{"s=-"}
	}
	if len(s['t']) == 0 {
		s['t'] = []string{"t=0 0"}
	}
	s['c'] = []string{"c=IN " + addressOf(w.address)}
	s.write(b, "siuepcbtr")
	s.writeAttributes(b)
}

// writeMedia writes an m-line with the lines that belong to it. The unspecified address, an old form of hold, is kept.
func writeMedia(b *strings.Builder, s section, local localLine) {
	fields := strings.Fields(strings.TrimPrefix(s['m'][0], "m="))
	fields[1] = strconv.Itoa(local.port)
	if local.proto != "" {
		fields[2] = local.proto
	}
	s['m'] = []string{"m=" + strings.Join(fields, " ")}
	if isUnspecified(s['c']) {
		s['c'] = []string{"c=IN IP4 0.0.0.0"}
	} else {
		delete(s, 'c')
	}
	s.write(b, "micb")
	s.writeAttributes(b)
	for _, k := range local.keys {
		b.WriteString(k + "\r\n")
	}
	if local.port != 0 && strings.Contains(strings.ToUpper(fields[2]), "RTP/") {
		fmt.Fprintf(b, "a=rtcp:%d\r\n", local.port+1)
	}
}
