package trunk

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// author writes the session descriptions that one side of a call gets: what the other side said, with a session, addresses
// and ports of ours. The version counts up with every change (RFC 3264).
type author struct {
	address netip.Addr // announced
	id      uint64
	version uint64
	last    string // what was said, without its origin
}

func newAuthor(address netip.Addr) *author {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return &author{address: address, id: binary.BigEndian.Uint64(id[:]) >> 1}
}

// ours is what we say of an m-line in place of what was said.
type ours struct {
	port  int      // 0 refuses it
	proto string   // empty: as it was said
	keys  []string // lines
}

// replaced are the attributes that say where media comes and goes, which is our own affair on either side: addresses, ports and
// the ways to find and share them. Keys are an affair of each side too.
var replaced = []string{
	"rtcp", "rtcp-mux", "rtcp-mux-only", "rtcp-rsize-mux", "candidate", "remote-candidates", "end-of-candidates", "ice-ufrag", "ice-pwd",
	"ice-options", "ice-lite", "ice-mismatch", "ice-pacing", "group", "bundle-only", "crypto", "fingerprint", "setup", "connection", "tls-id", "key-mgmt",
}

// write gives a description, which sdp.Read has read, as this side gets it, with what is ours of each m-line. All else stays
// as it was said, in the order that the grammar wants.
func (a *author) write(raw []byte, lines []ours) []byte {
	sections := sectionsOf(raw)
	var b strings.Builder
	a.writeSession(&b, sections[0])
	for i, s := range sections[1:] {
		var own ours
		if i < len(lines) {
			own = lines[i]
		}
		a.writeMedia(&b, s, own)
	}
	if b.String() != a.last {
		a.version, a.last = a.version+1, b.String()
	}
	return []byte(fmt.Sprintf("v=0\r\no=- %d %d IN %s\r\n", a.id, a.version, addressOf(a.address)) + a.last)
}

func (a *author) writeSession(b *strings.Builder, s section) {
	if len(s['s']) == 0 {
		s['s'] = []string{"s=-"}
	}
	if len(s['t']) == 0 {
		s['t'] = []string{"t=0 0"}
	}
	s['c'] = []string{"c=IN " + addressOf(a.address)}
	s.write(b, "siuepcbtr")
	s.writeAttributes(b)
}

// writeMedia writes an m-line with what belongs to it. Whoever has no address says so: that is an old way of saying hold,
// which the other side has to hear.
func (a *author) writeMedia(b *strings.Builder, s section, own ours) {
	fields := strings.Fields(strings.TrimPrefix(s['m'][0], "m="))
	fields[1] = strconv.Itoa(own.port)
	if own.proto != "" {
		fields[2] = own.proto
	}
	s['m'] = []string{"m=" + strings.Join(fields, " ")}
	if nowhere(s['c']) {
		s['c'] = []string{"c=IN IP4 0.0.0.0"}
	} else {
		delete(s, 'c')
	}
	s.write(b, "micb")
	s.writeAttributes(b)
	for _, k := range own.keys {
		b.WriteString(k + "\r\n")
	}
	if own.port != 0 && strings.Contains(strings.ToUpper(fields[2]), "RTP/") {
		fmt.Fprintf(b, "a=rtcp:%d\r\n", own.port+1)
	}
}

// section is the session's part of a description, or an m-line with what belongs to it: lines by their letter.
type section map[byte][]string

// sectionsOf takes a description apart. What is no line is left out. A c= line of the session stands in each m-line without
// one of its own, so that hold is seen wherever it was said.
func sectionsOf(raw []byte) []section {
	all := []section{{}}
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if len(line) < 2 || line[1] != '=' {
			continue
		}
		if line[0] == 'm' {
			all = append(all, section{})
		}
		at := all[len(all)-1]
		at[line[0]] = append(at[line[0]], line)
	}
	for _, s := range all[1:] {
		if len(s['c']) == 0 {
			s['c'] = all[0]['c']
		}
	}
	return all
}

func (s section) write(b *strings.Builder, letters string) {
	for _, letter := range []byte(letters) {
		for _, line := range s[letter] {
			b.WriteString(line + "\r\n")
		}
	}
}

func (s section) writeAttributes(b *strings.Builder) {
	for _, line := range s['a'] {
		name, _, _ := strings.Cut(line[2:], ":")
		if name != "" && !slices.Contains(replaced, strings.ToLower(strings.TrimSpace(name))) {
			b.WriteString(line + "\r\n")
		}
	}
}

// nowhere says whether c= lines give the address that is none.
func nowhere(lines []string) bool {
	if len(lines) == 0 {
		return false
	}
	fields := strings.Fields(lines[0])
	if len(fields) != 3 {
		return false
	}
	a, err := netip.ParseAddr(fields[2])
	return err == nil && a.IsUnspecified()
}

// addressOf is an address as c= and o= lines write it.
func addressOf(a netip.Addr) string {
	if a.Is6() {
		return "IP6 " + a.WithZone("").String()
	}
	return "IP4 " + a.String()
}
