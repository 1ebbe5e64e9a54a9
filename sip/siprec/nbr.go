package siprec

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// RecordOnly is the header, or the parameter of the Request-URI, by which a client without metadata says that the call
// is to be listened to and not to be put through.
const RecordOnly = "X-Voice-Connector-Record-Only"

// RecordingParticipant is the header, once a party, of Cisco's network-based recording.
const RecordingParticipant = "X-Cisco-Recording-Participant"

// FromHeaders is what headers say of a call without metadata: RecordingParticipant, which gives a party to each of some
// m-lines (`sip:7300@192.0.2.1;media-index="0"`), or the parameters that a CUCM puts into its From, of which one call
// carries one end. Nil: they say nothing.
func FromHeaders(from string, participants []string) *Metadata {
	m := newMetadata()
	if m.recorded(participants) || m.ends(from) {
		return m
	}
	return nil
}

var mediaIndex = regexp.MustCompile(`(?i);\s*media-index\s*=\s*"?(\d{1,2})"?`)

// recorded reads RecordingParticipant.
func (m *Metadata) recorded(headers []string) bool {
	found := map[int]string{}
	for _, header := range headers {
		for at := 0; ; {
			i := mediaIndex.FindStringSubmatchIndex(header[at:])
			if i == nil {
				break
			}
			address := strings.Trim(header[at:at+i[0]], " \t,<>")
			if n, err := strconv.Atoi(header[at+i[2] : at+i[3]]); err == nil && n < maxParties && address != "" {
				found[n] = address
			}
			at += i[1]
		}
	}
	for _, n := range slices.Sorted(maps.Keys(found)) {
		m.sending(Participant{ID: strconv.Itoa(n), AOR: found[n]}, n)
	}
	if len(found) > 0 {
		m.warn("no metadata: the first party of %s is taken for the caller", RecordingParticipant)
	}
	return len(found) > 0
}

// ends reads the From of a CUCM's built-in bridge. Nothing in it says who called: the near end is the telephone that is
// recorded, an agent's, and so the callee's. The calls of both ends are of one group.
func (m *Metadata) ends(from string) bool {
	_, near := parameter(from, "x-nearend")
	_, far := parameter(from, "x-farend")
	if near == far {
		return false
	}
	for _, end := range []struct {
		name    string
		here    bool
		calling Tristate
	}{{"x-farend", far, Yes}, {"x-nearend", near, No}} {
		address, _ := parameter(from, end.name+"addr")
		p := Participant{ID: end.name, AOR: address, Calling: end.calling}
		if end.here {
			m.sending(p, everyLine)
		} else {
			m.Participants = append(m.Participants, p)
		}
	}
	m.Group, _ = parameter(from, "x-refci")
	m.warn("no metadata: the near end of a CUCM is taken for the callee, and the far end for the caller")
	return true
}

// sending adds a participant who sends on a line, by its index.
func (m *Metadata) sending(p Participant, line int) {
	m.Participants, m.Streams = append(m.Participants, p), append(m.Streams, Stream{ID: p.ID, line: &line})
	m.sends[p.ID] = []string{p.ID}
}

// parameter is the value of a parameter of an address or of its URI; empty when it has none.
func parameter(address, name string) (string, bool) {
	for _, p := range strings.FieldsFunc(address, func(r rune) bool { return r == ';' || r == '>' || r == '<' }) {
		key, value, _ := strings.Cut(strings.TrimSpace(p), "=")
		if strings.EqualFold(key, name) {
			return strings.Trim(value, `"`), true
		}
	}
	return "", false
}
