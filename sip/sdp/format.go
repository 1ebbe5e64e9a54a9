package sdp

import (
	"strconv"
	"strings"

	"timbre"
)

// readFormats reads the payload types that can be decoded. The peer may send any of them.
func (l *Line) readFormats() {
	named := l.encodings()
	var events []int // payload types of telephone-event
	for _, format := range l.desc.MediaName.Formats {
		pt, err := strconv.ParseUint(format, 10, 7)
		e := named[format]
		c, known := e.codec()
		if err != nil || !known {
			continue
		}
		l.Payloads[uint8(pt)] = e
		switch {
		case c.Kind() == timbre.AudioPayload && l.AudioType < 0:
			l.AudioType = int(pt)
		case c.Kind() == timbre.EventPayload:
			events = append(events, int(pt))
		}
	}
	for _, pt := range events {
		if l.EventType < 0 && l.AudioType >= 0 && l.Payloads[uint8(pt)].Rate == l.Payloads[uint8(l.AudioType)].Rate {
			l.EventType = pt
		}
	}
}

// encodings are those of the line's formats: the static ones, and by rtpmap, which overrides them.
func (l *Line) encodings() map[string]Encoding {
	named := static()
	for _, v := range attributes(l.desc.Attributes, "rtpmap") {
		format, encoding, _ := strings.Cut(strings.TrimSpace(v), " ")
		if e, ok := parseEncoding(encoding); ok {
			named[format] = e
		} else {
			delete(named, format)
		}
	}
	return named
}
