package siprec

import (
	"bytes"
	"strings"

	"timbre/sip/header"
)

// part is one part of a multipart body.
type part struct {
	header  map[string]string // names in lower case
	content []byte
}

// boundary is the parameter of a Content-Type, or empty.
func boundary(contentType string) string {
	b, _ := header.Parameter(contentType, "boundary")
	return b
}

// split splits a multipart body (RFC 2046). Lines may end in LF alone, and the closing boundary may be missing. A boundary that
// the Content-Type lacks, or that does not occur, is taken from the first line that begins with two dashes.
func split(mark string, body []byte) []part {
	delimiter := delimiterOf(mark, body)
	if delimiter == nil {
		return nil
	}
	var parts []part
	start := -1 // of the part that is open
	for at := 0; at < len(body) && len(parts) < maxParts; {
		line, next := lineAt(body, at)
		found, closing := isDelimiter(line, delimiter)
		if found && start >= 0 {
			parts = append(parts, newPart(body[start:at]))
		}
		if closing {
			return parts
		}
		if found {
			start = next
		}
		at = next
	}
	if start >= 0 && start < len(body) && len(parts) < maxParts {
		parts = append(parts, newPart(body[start:]))
	}
	return parts
}

// delimiterOf is the start of the lines that separate parts; nil: there is none.
func delimiterOf(mark string, body []byte) []byte {
	if delimiter := []byte("--" + mark); mark != "" && bytes.Contains(body, delimiter) {
		return delimiter
	}
	return firstDashes(body)
}

// isDelimiter reports whether a line is a delimiter, and whether it closes the body.
func isDelimiter(line, delimiter []byte) (found, closing bool) {
	rest, found := bytes.CutPrefix(line, delimiter)
	rest = bytes.TrimRight(rest, " \t")
	closing = found && string(rest) == "--"
	return closing || found && len(rest) == 0, closing
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

// lineAt is the line at an offset, without its line break, and the offset of the next one.
func lineAt(b []byte, at int) (line []byte, next int) {
	end := bytes.IndexByte(b[at:], '\n')
	if end < 0 {
		return b[at:], len(b)
	}
	return bytes.TrimSuffix(b[at:at+end], []byte("\r")), at + end + 1
}

// newPart separates the header of a part from its content. The header may be missing.
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
