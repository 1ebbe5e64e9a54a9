package trunk

import (
	"net/netip"
	"slices"
	"strings"
)

// section is the session part of a description, or an m-line with the lines that belong to it: lines by their letter.
type section map[byte][]string

// sectionsOf splits a description. What is no line is left out. A c= line of the session is repeated in each m-line without
// one of its own, so that hold shows wherever it was set.
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

// isUnspecified reports whether c= lines name the unspecified address.
func isUnspecified(lines []string) bool {
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
