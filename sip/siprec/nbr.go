package siprec

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"timbre/sip/header"
)

// RecordOnly is the header, or the parameter of the Request-URI, by which a client without metadata says that the call is to be
// recorded and not bridged.
const RecordOnly = "X-Voice-Connector-Record-Only"

// RecordingParticipant is the header of Cisco's network-based recording, one a party.
const RecordingParticipant = "X-Cisco-Recording-Participant"

// FromHeaders is the metadata that headers give for a call without any: RecordingParticipant, which assigns a party to an
// m-line (`sip:7300@192.0.2.1;media-index="0"`), or the parameters in the From of a CUCM, whose calls carry one end each.
// Nil: neither is there.
func FromHeaders(from string, participants []string) *Metadata {
	m := newMetadata()
	if m.readParticipants(participants) || m.readEnds(from) {
		return m
	}
	return nil
}

// readParticipants reads RecordingParticipant.
func (m *Metadata) readParticipants(headers []string) bool {
	found := map[int]string{}
	for _, value := range headers {
		for _, party := range header.List(value) {
			index, _ := header.Parameter(party, "media-index")
			address, _, _ := strings.Cut(header.URI(party), ";media-index")
			if n, err := strconv.ParseUint(index, 10, 8); err == nil && n < maxParties && address != "" {
				found[int(n)] = address
			}
		}
	}
	for _, n := range slices.Sorted(maps.Keys(found)) {
		m.addSender(Participant{ID: strconv.Itoa(n), AOR: found[n]}, n)
	}
	if len(found) > 0 {
		m.warn("no metadata: the first party of %s is assumed to be the caller", RecordingParticipant)
	}
	return len(found) > 0
}

// readEnds reads the From of a CUCM's built-in bridge. It does not name the caller: the near end is the telephone that is
// recorded, an agent's, and is assumed to be the callee. The calls of both ends are of one group.
func (m *Metadata) readEnds(from string) bool {
	_, near := header.Parameter(from, "x-nearend")
	_, far := header.Parameter(from, "x-farend")
	if near == far {
		return false
	}
	for _, end := range []struct {
		name    string
		here    bool
		calling Tristate
	}{{"x-farend", far, Yes}, {"x-nearend", near, No}} {
		address, _ := header.Parameter(from, end.name+"addr")
		p := Participant{ID: end.name, AOR: address, Calling: end.calling}
		if end.here {
			m.addSender(p, everyLine)
		} else {
			m.Participants = append(m.Participants, p)
		}
	}
	m.Group, _ = header.Parameter(from, "x-refci")
	m.warn("no metadata: the near end of a CUCM is assumed to be the callee, the far end the caller")
	return true
}

// addSender adds a participant that sends on a line, by its index.
func (m *Metadata) addSender(p Participant, line int) {
	m.Participants, m.Streams = append(m.Participants, p), append(m.Streams, Stream{ID: p.ID, line: &line})
	m.sends[p.ID] = []string{p.ID}
}
