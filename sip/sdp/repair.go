package sdp

import (
	"strconv"
	"strings"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

const (
	maxLines      = 8    // m-lines of an offer
	maxSDPLines   = 1000 // lines of an offer
	fewestSDPText = "v=0\r\n"
)

// parseSDP reads a session description that real clients write: lines may be missing (t=, c=, s=, o=), in another order,
// end in LF, or be of a kind that does not matter here. The parser proper gets what is needed, in the order of RFC 8866.
func parseSDP(raw []byte) (*pion.SessionDescription, error) {
	const op = "sdp.Read"
	if len(raw) < len(fewestSDPText) || !strings.HasPrefix(strings.TrimSpace(string(raw)), "v=") {
		return nil, timbre.Errorf(timbre.Invalid, op, "it does not start with v=")
	}
	if n := strings.Count(string(raw), "\n"); n > maxSDPLines {
		return nil, timbre.Errorf(timbre.Invalid, op, "it has %d lines, %d are allowed", n, maxSDPLines)
	}
	var session section
	media := []*section{}
	at := &session
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSpace(line)
		if len(line) < 2 || line[1] != '=' {
			continue
		}
		if line[0] == 'm' {
			if len(media) == maxLines {
				return nil, timbre.Errorf(timbre.Unprocessable, op, "more than %d m-lines", maxLines)
			}
			at = &section{}
			media = append(media, at)
		}
		at.add(line)
	}
	if session.name == "" {
		session.name = "s=-"
	}
	if session.origin == "" || strings.Count(session.origin, " ") != 5 {
		session.origin = "o=- 0 0 IN IP4 0.0.0.0"
	}
	var text strings.Builder
	for _, line := range []string{"v=0", session.origin, session.name, session.connection, "t=0 0"} {
		write(&text, line)
	}
	session.writeAttributes(&text)
	for _, m := range media {
		write(&text, "m=audio 0 RTP/AVP 0") // in place of media that the parser may not know
		write(&text, m.connection)
		m.writeAttributes(&text)
	}
	s := &pion.SessionDescription{}
	if err := s.UnmarshalString(text.String()); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, op, "%w", err)
	}
	for i, m := range media {
		name, ok := mediaName(m.media)
		if !ok {
			return nil, timbre.Errorf(timbre.Invalid, op, "the m-line %.64q", m.media)
		}
		s.MediaDescriptions[i].MediaName = name
	}
	return s, nil
}

// mediaName reads an m-line of any media and protocol.
func mediaName(line string) (m pion.MediaName, ok bool) {
	fields := strings.Fields(strings.TrimPrefix(line, "m="))
	if len(fields) < 4 {
		return m, false
	}
	port, _, _ := strings.Cut(fields[1], "/")
	n, err := strconv.ParseUint(port, 10, 16)
	return pion.MediaName{Media: fields[0], Port: pion.RangedPort{Value: int(n)}, Protos: strings.Split(fields[2], "/"), Formats: fields[3:]}, err == nil
}

// section is the session's part of a description, or one m-line with what belongs to it.
type section struct {
	origin, name, media, connection string
	attributes                      []string
}

func (s *section) add(line string) {
	keep := func(field *string) {
		if *field == "" {
			*field = line
		}
	}
	switch line[0] {
	case 'o':
		keep(&s.origin)
	case 's':
		keep(&s.name)
	case 'm':
		keep(&s.media)
	case 'c':
		keep(&s.connection)
	case 'a':
		s.attributes = append(s.attributes, line)
	}
}

func (s *section) writeAttributes(to *strings.Builder) {
	for _, a := range s.attributes {
		if len(a) > 2 {
			write(to, a)
		}
	}
}

func write(to *strings.Builder, line string) {
	if line != "" {
		to.WriteString(line)
		to.WriteString("\r\n")
	}
}
