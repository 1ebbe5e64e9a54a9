package siprec

import (
	"fmt"
	"slices"
)

// Participant is a party of the session.
type Participant struct {
	ID, AOR, Name string
	Calling       Tristate // what a vendor extension says of it
}

// Tristate is a truth that may be unknown.
type Tristate int8

const (
	Unknown Tristate = iota
	Yes
	No
)

// participant notes a participant. One that is listed again, as in several sessions, is still one.
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
	for _, k := range n.kids { // extensions may name the calling party here too
		k.walk(func(n *node) bool { m.hint(n); return true })
	}
}

func newParticipant(n *node) Participant {
	p := Participant{ID: reference(n, "participant_id", "id"), AOR: n.child("aor"), Name: n.child("name"), Calling: calling(n)}
	for _, k := range n.kids {
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

// or is p, with what it does not say as another mention of the same participant says it.
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
	now.Participants = slices.DeleteFunc(slices.Clone(m.Participants), func(p Participant) bool { return m.gone(p.ID) })
	return &now
}

// senders are the places in Participants of those who send a stream.
func (m *Metadata) senders(stream string) []int {
	var who []int
	for i, p := range m.Participants {
		if slices.Contains(m.sends[p.ID], stream) {
			who = append(who, i)
		}
	}
	return who
}

// associated says whether anybody is named as a sender.
func (m *Metadata) associated() bool {
	return slices.ContainsFunc(m.Participants, func(p Participant) bool { return len(m.sends[p.ID]) > 0 })
}

// gone says that a participant has left.
func (m *Metadata) gone(id string) bool {
	inside, said := m.inside[id]
	return said && !inside
}
