package sdp

import (
	"strconv"
	"strings"

	"timbre"
)

// readFormats reads the payload types that can be decoded. The peer may send any of them.
func (l *Line) readFormats() {
	named := l.encodings()
	for _, format := range l.desc.MediaName.Formats {
		pt, err := strconv.ParseUint(format, 10, 7)
		e := named[format]
		c, known := e.codec()
		if err != nil || !known {
			continue
		}
		l.Payloads[uint8(pt)] = e
		if c.Kind() == timbre.AudioPayload && l.AudioType < 0 {
			l.AudioType = int(pt)
		}
	}
	l.EventType = l.eventType()
}

// eventType is the payload type of telephone-event at the clock rate of the audio; -1 without.
func (l *Line) eventType() int {
	for _, format := range l.desc.MediaName.Formats {
		pt, err := strconv.ParseUint(format, 10, 7)
		e, accepted := l.Payloads[uint8(pt)]
		if err != nil || !accepted || l.AudioType < 0 {
			continue
		}
		if c, _ := e.codec(); c.Kind() == timbre.EventPayload && e.Rate == l.Payloads[uint8(l.AudioType)].Rate {
			return int(pt)
		}
	}
	return -1
}

// encodings are those of the line's formats: by rtpmap, which overrides the static ones. An rtpmap of a static payload type that
// names nothing that can be decoded is a slip: the type is what RFC 3551 says.
func (l *Line) encodings() map[string]Encoding {
	named := static()
	for _, v := range attributes(l.desc.Attributes, "rtpmap") {
		format, encoding, _ := strings.Cut(strings.TrimSpace(v), " ")
		e, ok := parseEncoding(encoding)
		_, known := e.codec()
		if _, fixed := named[format]; ok && known || !fixed {
			named[format] = e
		}
	}
	return named
}
