package siprec

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime/quotedprintable"
	"strings"

	"timbre"
	"timbre/sip/header"
)

// Message is a SIP message.
type Message interface {
	header.Message
	Body() []byte
}

// ReadMessage is Read for the body of a message. Unprocessable also: the body is compressed.
func ReadMessage(m Message) (Body, error) {
	if encoding := Compressed(m); encoding != "" {
		return Body{}, timbre.Errorf(timbre.Unprocessable, op, "a body in the encoding %.64q", encoding)
	}
	return Read(header.Value(m, "content-type"), m.Body())
}

// Compressed is the encoding of a message's body, such as gzip; empty: there is none.
func Compressed(m Message) string {
	if len(m.Body()) == 0 {
		return ""
	}
	for _, encoding := range header.Elements(m, "content-encoding") {
		if !strings.EqualFold(encoding, "identity") {
			return encoding
		}
	}
	return ""
}

// decode undoes the transfer encoding of a part (RFC 2045, 6). A part that is not in the encoding that it names is taken as it is, and a
// compressed one not at all.
func (b *Body) decode(p *part) {
	if encoding := p.header["content-encoding"]; encoding != "" && !strings.EqualFold(encoding, "identity") {
		b.Warnings = append(b.Warnings, "a part in an encoding that is not understood is ignored")
		p.content = nil
		return
	}
	var from io.Reader
	switch content := bytes.NewReader(bytes.TrimSpace(p.content)); strings.ToLower(p.header["content-transfer-encoding"]) {
	case "base64":
		from = base64.NewDecoder(base64.StdEncoding, content)
	case "quoted-printable":
		from = quotedprintable.NewReader(content)
	default: // 7bit, 8bit and binary
		return
	}
	plain, err := io.ReadAll(from)
	if err != nil {
		b.Warnings = append(b.Warnings, "a part is not in the transfer encoding that it names")
		return
	}
	p.content = plain
}
