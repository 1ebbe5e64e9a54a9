// Package siprec reads what a recording client sends beside the audio: multipart bodies, recording metadata (RFC 7865) in the
// dialects of vendors, and headers about the parties. In come the body of a SIP message and the audio m-lines of its SDP; out
// come the SDP, and which party speaks on which m-line.
//
// It is liberal: metadata that cannot be read costs the names of the legs, never the call. Every assumption is a warning. It
// opens no sockets, parses no SDP and keeps no state.
package siprec

import (
	"bytes"
	"strings"
	"unicode/utf16"

	"timbre"
)

const (
	MaxBody  = 256 << 10 // bytes of a message body
	maxParts = 16        // of a multipart body
)

// Body is the content of a message body.
type Body struct {
	SDP      []byte
	Metadata string // an XML document, converted to UTF-8 without a byte order mark
	Warnings []string
}

// op names Read in errors.
const op = "siprec.Read"

// Read reads a body. Limit: it is larger than MaxBody. Unprocessable: its type is neither SDP, metadata nor multipart. Invalid:
// a multipart body without parts.
func Read(contentType string, body []byte) (Body, error) {
	var b Body
	switch {
	case len(body) > MaxBody:
		return b, timbre.Errorf(timbre.Limit, op, "the body has %d bytes, %d are allowed", len(body), MaxBody)
	case len(bytes.TrimSpace(body)) == 0:
		return b, nil
	case family(contentType, body) == "multipart":
		return readParts(split(boundary(contentType), body))
	case !b.take(contentType, "", body):
		return b, timbre.Errorf(timbre.Unprocessable, op, "a body of type %.64q", mediaType(contentType))
	}
	return b, nil
}

// readParts reads the parts of a multipart body, and those of a multipart body in it.
func readParts(parts []part) (b Body, err error) {
	if len(parts) == 0 {
		return b, timbre.Errorf(timbre.Invalid, op, "the boundary does not occur in the multipart body")
	}
	for _, p := range parts {
		b.decode(&p)
		inner := []part{p}
		if t := p.header["content-type"]; family(t, p.content) == "multipart" {
			inner = split(boundary(t), p.content)
			for i := range inner {
				b.decode(&inner[i])
			}
		}
		for _, p := range inner {
			b.take(p.header["content-type"], p.header["content-disposition"], p.content)
		}
	}
	if b.SDP == nil && b.Metadata == "" {
		return b, timbre.Errorf(timbre.Unprocessable, op, "none of the %d parts is SDP or recording metadata", len(parts))
	}
	return b, nil
}

// take keeps the first SDP and the first metadata. False: the content is neither.
func (b *Body) take(contentType, disposition string, content []byte) bool {
	content = bytes.TrimSpace(content)
	switch kind := family(contentType, content); {
	case len(content) == 0:
		return false
	case kind == "sdp" && b.SDP == nil:
		b.SDP = content
	case kind == "sdp":
		b.Warnings = append(b.Warnings, "a second SDP is ignored")
	case (kind == "metadata" || strings.HasPrefix(strings.ToLower(disposition), "recording-session")) && b.Metadata == "":
		b.Metadata = strings.TrimSpace(text(content))
	case kind == "metadata":
		b.Warnings = append(b.Warnings, "second metadata is ignored")
	default:
		return false
	}
	return true
}

// family is the kind of a body or part, by its type or, without one, by its first bytes: sdp, multipart, metadata, or empty.
func family(contentType string, content []byte) string {
	content = bytes.TrimLeft(content, " \t\r\n\ufeff")
	switch t := mediaType(contentType); {
	case t == "application/sdp":
		return "sdp"
	case strings.HasPrefix(t, "multipart/"):
		return "multipart"
	case t == "application/rs-metadata", t == "application/rs-metadata+xml",
		strings.HasSuffix(t, "xml") && bytes.Contains(content, []byte("recording")):
		return "metadata"
	case t != "":
		return ""
	case bytes.HasPrefix(content, []byte("v=")):
		return "sdp"
	case bytes.HasPrefix(content, []byte("--")):
		return "multipart"
	case bytes.HasPrefix(content, []byte("<")):
		return "metadata"
	}
	return ""
}

func mediaType(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// text converts a document to UTF-8: from UTF-16, by its byte order mark, or else from Latin-1, unless it is UTF-8.
func text(doc []byte) string {
	switch {
	case bytes.HasPrefix(doc, []byte{0xFF, 0xFE}), bytes.HasPrefix(doc, []byte{0xFE, 0xFF}):
		low, units := int(doc[0]&1^1), make([]uint16, 0, len(doc)/2)
		for i := 2; i+1 < len(doc); i += 2 {
			units = append(units, uint16(doc[i+low])|uint16(doc[i+1-low])<<8)
		}
		return string(utf16.Decode(units))
	case bytes.Equal(bytes.ToValidUTF8(doc, nil), doc):
		return strings.TrimPrefix(string(doc), "\ufeff")
	}
	wide := make([]rune, len(doc))
	for i, c := range doc {
		wide[i] = rune(c)
	}
	return string(wide)
}
