package sdp

import (
	"strconv"
	"strings"

	pion "github.com/pion/sdp/v3"

	"timbre"
)

const (
	maxMLines = 8    // m-lines of a description
	maxLines  = 1000 // lines of a description
	minText   = len("v=0\r\n")
)

// parse reads a session description as real clients write it: lines may be missing (t=, c=, s=, o=), in another order, end in
// LF, or be of an unknown kind. Pion's parser gets what is needed, in the order of RFC 8866.
func parse(raw []byte) (*pion.SessionDescription, error) {
	const op = "sdp.Read"
	session, media, err := sections(string(raw))
	if err != nil {
		return nil, err
	}
	s := &pion.SessionDescription{}
	if err := s.UnmarshalString(repaired(session, media)); err != nil {
		return nil, timbre.Errorf(timbre.Invalid, op, "%w", err)
	}
	for i, m := range media {
		name, ok := mediaName(m.media)
		if !ok {
			return nil, timbre.Errorf(timbre.Invalid, op, "m-line %.64q cannot be read", m.media)
		}
		s.MediaDescriptions[i].MediaName = name
	}
	return s, nil
}

// sections splits a description into the part of the session and one for each m-line.
func sections(text string) (session *section, media []*section, err error) {
	const op = "sdp.Read"
	if len(text) < minText || !strings.HasPrefix(strings.TrimSpace(text), "v=") {
		return nil, nil, timbre.Errorf(timbre.Invalid, op, "it does not start with v=")
	}
	if n := strings.Count(text, "\n"); n > maxLines {
		return nil, nil, timbre.Errorf(timbre.Invalid, op, "it has %d lines, %d are allowed", n, maxLines)
	}
	session = &section{}
	at := session
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if len(line) < 2 || line[1] != '=' {
			continue
		}
		if line[0] == 'm' {
			if len(media) == maxMLines {
				return nil, nil, timbre.Errorf(timbre.Unprocessable, op, "more than %d m-lines", maxMLines)
			}
			at = &section{}
			media = append(media, at)
		}
		at.add(line)
	}
	return session, media, nil
}

// repaired writes a description that is complete and in order. Its m-lines are placeholders: the parser rejects media and
// protocols that it does not know.
func repaired(session *section, media []*section) string {
	if session.name == "" {
		session.name = "s=-"
	}
	if strings.Count(session.origin, " ") != 5 {
		session.origin = "o=- 0 0 IN IP4 0.0.0.0"
	}
	var text strings.Builder
	for _, line := range []string{"v=0", session.origin, session.name, session.connection, "t=0 0"} {
		write(&text, line)
	}
	session.writeAttributes(&text)
	for _, m := range media {
		write(&text, "m=audio 0 RTP/AVP 0")
		write(&text, m.connection)
		m.writeAttributes(&text)
	}
	return text.String()
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
