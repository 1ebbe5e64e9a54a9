package transport

import (
	"mime"
	"net/textproto"
	"regexp"
	"strings"
)

// maxNested bounds how deep parts of bodies may lie within parts.
const maxNested = 3

// loggableTypes are the types of bodies that a log may get: none of them carries what a person has keyed in or written. Of all others it gets none:
// keys come in many types (application/dtmf-relay, application/dtmf, audio/telephone-event, kpml-response, types of vendors, a plain text),
// and nobody knows them all.
var loggableTypes = map[string]bool{"application/sdp": true, "application/rs-metadata+xml": true, "application/rs-metadata": true}

// content is what the headers of a body, or of a part of one, say about it.
type content struct {
	kind      string // the value of Content-Type
	encoded   bool   // it must be decoded before it can be read
	ambiguous bool   // it has two types
}

// loggable is a body as a log may get it.
func loggable(c content, body string, depth int) string {
	kind, params, err := mime.ParseMediaType(c.kind)
	switch {
	case body == "":
		return ""
	case err != nil || c.encoded || c.ambiguous || depth > maxNested:
		return hidden
	case loggableTypes[kind]:
		return hideKeys(body)
	case kind == "message/sipfrag": // what became of a transfer is in its first line
		return statusLine.FindString(body) + hidden
	case strings.HasPrefix(kind, "multipart/") && params["boundary"] != "":
		return parts("--"+params["boundary"], body, depth+1)
	}
	return hidden
}

var statusLine = regexp.MustCompile(`^SIP/2\.0 [1-6]\d\d [^\r\n]*\r?\n?`)

// parts hides in each part what must not be logged. What stands before the first and after the last part is nobody's.
func parts(boundary, body string, depth int) string {
	all := strings.Split(body, boundary)
	for i, p := range all {
		switch {
		case i == 0:
			all[i] = ""
		case strings.HasPrefix(p, "--"):
			return strings.Join(all[:i], boundary) + boundary + "--\r\n"
		default:
			all[i] = part(p, depth)
		}
	}
	return strings.Join(all, boundary)
}

// part is a part of a body, with the line break that ends its boundary.
func part(p string, depth int) string {
	end := blankLine.FindStringIndex(p)
	if end == nil {
		return "\r\n" + hidden + "\r\n"
	}
	head, body := p[:end[1]], strings.TrimSuffix(p[end[1]:], "\r\n")
	return hideHeaders(head) + loggable(contentOf(head), body, depth) + "\r\n"
}

var blankLine = regexp.MustCompile(`\r?\n\r?\n`)

var fold = regexp.MustCompile(`\r?\n[ \t]+`)

// contentOf reads the lines of headers.
func contentOf(head string) (c content) {
	for line := range strings.Lines(fold.ReplaceAllString(head, " ")) {
		name, value, _ := strings.Cut(line, ":")
		c.add(strings.TrimSpace(name), strings.TrimSpace(value))
	}
	return c
}

// add reads a header.
func (c *content) add(name, value string) {
	switch textproto.CanonicalMIMEHeaderKey(name) {
	case "Content-Type", "C":
		c.ambiguous = c.kind != ""
		c.kind = value
	case "Content-Encoding", "E", "Content-Transfer-Encoding":
		switch strings.ToLower(value) {
		case "", "identity", "7bit", "8bit", "binary":
		default:
			c.encoded = true
		}
	}
}
