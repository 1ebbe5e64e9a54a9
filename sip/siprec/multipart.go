package siprec

import (
	"bytes"
	"regexp"
	"strings"
)

// part is one part of a multipart body.
type part struct {
	header  map[string]string // names in lower case
	content []byte
}

var boundaryParameter = regexp.MustCompile(`(?i)boundary[ \t]*=[ \t]*(?:"([^"]*)|([^; \t"]*))`)

// boundary is the parameter of a Content-Type, or empty.
func boundary(contentType string) string {
	m := boundaryParameter.FindStringSubmatch(contentType)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// split takes a multipart body (RFC 2046) apart. Lines may end in LF alone, a closing boundary may be missing, and a
// boundary that the Content-Type does not tell, or that does not occur, is taken from the first line with two dashes.
func split(mark string, body []byte) []part {
	delimiter := []byte("--" + mark)
	if mark == "" || !bytes.Contains(body, delimiter) {
		if delimiter = firstDashes(body); delimiter == nil {
			return nil
		}
	}
	var parts []part
	start := -1 // of the part that is open
	for at := 0; at < len(body) && len(parts) < maxParts; {
		line, next := lineAt(body, at)
		rest, isMark := bytes.CutPrefix(line, delimiter)
		if rest = bytes.TrimRight(rest, " \t"); isMark && (len(rest) == 0 || string(rest) == "--") {
			if start >= 0 {
				parts = append(parts, newPart(body[start:at]))
			}
			if start = next; len(rest) > 0 {
				return parts // closed
			}
		}
		at = next
	}
	if start >= 0 && start < len(body) && len(parts) < maxParts {
		parts = append(parts, newPart(body[start:]))
	}
	return parts
}

func firstDashes(body []byte) []byte {
	for at := 0; at < len(body); {
		line, next := lineAt(body, at)
		if line = bytes.TrimRight(line, " \t"); len(line) > 2 && bytes.HasPrefix(line, []byte("--")) {
			return line
		}
		at = next
	}
	return nil
}

// lineAt is the line that starts at an offset, without its end, and the offset of the next one.
func lineAt(b []byte, at int) (line []byte, next int) {
	end := bytes.IndexByte(b[at:], '\n')
	if end < 0 {
		return b[at:], len(b)
	}
	return bytes.TrimSuffix(b[at:at+end], []byte("\r")), at + end + 1
}

// newPart separates a part's header from its content. A part that starts with something else than a header has none.
func newPart(b []byte) part {
	p := part{header: map[string]string{}, content: b}
	name := ""
	for at := 0; at < len(b); {
		line, next := lineAt(b, at)
		key, value, ok := bytes.Cut(line, []byte(":"))
		switch key = bytes.TrimRight(key, " \t"); {
		case len(bytes.TrimSpace(line)) == 0:
			p.content = b[next:]
			return p
		case name != "" && (line[0] == ' ' || line[0] == '\t'):
			p.header[name] += " " + string(bytes.TrimSpace(line))
		case !ok || !isToken(key):
			p.content = b[at:]
			return p
		default:
			name = strings.ToLower(string(key))
			p.header[name] = string(bytes.TrimSpace(value))
		}
		at, p.content = next, b[next:]
	}
	return p
}

func isToken(b []byte) bool {
	for _, c := range b {
		if c != '-' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return len(b) > 0
}
