package siprec

import (
	"fmt"
	"slices"
)

// Participant is a party of the session.
type Participant struct {
	ID, AOR, Name string
	Calling       Tristate // whether an extension marks it as the calling party
}

// Tristate is a boolean that may be unknown.
type Tristate int8

const (
	Unknown Tristate = iota
	Yes
	No
)

// participant reads a participant. One that is listed again, for another session, is the same.
func (m *Metadata) participant(n *node) {
	p := newParticipant(n)
	if p.ID == "" {
		p.ID = fmt.Sprintf("number %d, without an id", len(m.Participants)+1)
	}
	switch i := slices.IndexFunc(m.Participants, func(o Participant) bool { return o.ID == p.ID }); {
	case i >= 0:
		m.Participants[i] = p.or(m.Participants[i])
	case len(m.Participants) == maxParties:
		return
	default:
		m.Participants = append(m.Participants, p)
	}
	m.associate(p.ID, n)
	for _, k := range n.children { // extensions may name the calling party here too
		k.walk(func(n *node) bool { m.hint(n); return true })
	}
}

func newParticipant(n *node) Participant {
	p := Participant{ID: reference(n, "participant_id", "id"), AOR: n.child("aor"), Name: n.child("name"), Calling: calling(n)}
	for _, k := range n.children {
		if k.name == "nameid" {
			p.AOR, p.Name = k.first("aor"), k.child("name")
			if p.AOR == "" {
				p.AOR = k.child("aor")
			}
			break
		}
	}
	return p
}

// or is p, completed by another mention of the same participant.
func (p Participant) or(other Participant) Participant {
	if p.AOR == "" {
		p.AOR = other.AOR
	}
	if p.Name == "" {
		p.Name = other.Name
	}
	if p.Calling == Unknown {
		p.Calling = other.Calling
	}
	return p
}

// present is m without the participants that have left.
func (m *Metadata) present() *Metadata {
	now := *m
	now.Participants = slices.DeleteFunc(slices.Clone(m.Participants), func(p Participant) bool { return m.left(p.ID) })
	return &now
}

// senders are the indexes of the participants that send a stream.
func (m *Metadata) senders(stream string) []int {
	var found []int
	for i, p := range m.Participants {
		if slices.Contains(m.sends[p.ID], stream) {
			found = append(found, i)
		}
	}
	return found
}

// associated reports whether any participant is named as a sender.
func (m *Metadata) associated() bool {
	return slices.ContainsFunc(m.Participants, func(p Participant) bool { return len(m.sends[p.ID]) > 0 })
}

// left reports whether a participant has left.
func (m *Metadata) left(id string) bool {
	joined, known := m.joined[id]
	return known && !joined
}
