package siprec

import (
	"fmt"
	"slices"
	"strings"
)

// Metadata is what a recording client says about a session, as far as it tells who speaks where.
type Metadata struct {
	Partial      bool // a change to what was said before, not the whole
	Participants []Participant
	Streams      []Stream
	Calling      []string // addresses or numbers that vendors name as the calling party
	Called       []string
	Warnings     []string

	sends map[string][]string // participant id → stream ids
	left  map[string]bool     // participant ids
}

const maxParties = 64 // participants, and streams, and streams of one participant, that are looked at

// Participant is a party of the session.
type Participant struct {
	ID, AOR, Name string
	Calling       Tristate // what a vendor extension says of it
}

// Stream is one stream of the session.
type Stream struct {
	ID, Label string
	Mixed     bool // <mode>mixed</mode>
}

// Tristate is a truth that may be unknown.
type Tristate int8

const (
	Unknown Tristate = iota
	Yes
	No
)

// Parse reads metadata (RFC 7865 and its drafts, BroadWorks, vendor extensions) by the local names of its elements. It
// never fails: what cannot be read is missing, and a warning says so.
func Parse(doc string) *Metadata {
	m := &Metadata{sends: map[string][]string{}, left: map[string]bool{}}
	if len(doc) > MaxBody {
		m.warn("metadata of %d bytes is not read", len(doc))
		return m
	}
	top, err := grow(doc)
	if err != nil {
		m.warn("metadata: %v", err)
	}
	top.walk(m.read)
	switch n := max(len(m.Participants), len(m.Streams)); {
	case len(m.Participants) == 0:
		m.warn("metadata names no participant")
	case n == maxParties:
		m.warn("no more than %d participants and streams are looked at", maxParties)
	}
	return m
}

func (m *Metadata) warn(format string, args ...any) {
	m.Warnings = append(m.Warnings, fmt.Sprintf(format, args...))
}

func (m *Metadata) read(n *node) (deeper bool) {
	switch n.name {
	case "datamode":
		m.Partial = strings.EqualFold(n.text(), "partial")
	case "participant":
		if len(m.Participants) < maxParties {
			m.participant(n)
		}
	case "stream":
		if len(m.Streams) < maxParties {
			m.stream(n)
		}
	case "participantstreamassoc":
		m.associate(reference(n, "participant_id", "participant"), n)
	case "participantsessionassoc":
		if id := reference(n, "participant_id", "participant"); n.child("disassociate-time") != "" {
			m.left[id] = true
		}
	default:
		m.hint(n)
		return true
	}
	return false
}

func (m *Metadata) participant(n *node) {
	p := Participant{ID: reference(n, "participant_id", "id"), AOR: n.child("aor"), Name: n.child("name")}
	for _, k := range n.kids {
		if k.name == "nameid" {
			p.AOR, p.Name = k.first("aor"), k.child("name")
			if p.AOR == "" {
				p.AOR = k.child("aor")
			}
			break
		}
	}
	p.Calling = calling(n)
	m.Participants = append(m.Participants, p)
	m.associate(p.ID, n)
	for _, k := range n.kids { // extensions may name the calling party here too
		k.walk(func(n *node) bool { m.hint(n); return true })
	}
}

func (m *Metadata) stream(n *node) {
	m.Streams = append(m.Streams, Stream{
		ID: reference(n, "stream_id", "id"), Label: n.child("label"), Mixed: strings.EqualFold(n.child("mode"), "mixed"),
	})
}

// associate notes the streams that a participant sends, as <send>id</send> or <send><id>id</id></send>. An association
// with an end is none.
func (m *Metadata) associate(participant string, n *node) {
	if n.child("disassociate-time") != "" {
		return
	}
	for _, k := range n.kids {
		if k.name != "send" || len(m.sends[participant]) == maxParties {
			continue
		}
		id := k.text()
		if id == "" {
			id = k.child("id")
		}
		if id = plain(id); id != "" && !slices.Contains(m.sends[participant], id) {
			m.sends[participant] = append(m.sends[participant], id)
		}
	}
}

// reference is an id from an attribute or, failing that, from a child of the last name.
func reference(n *node, names ...string) string {
	if id := n.first(names...); id != "" {
		return plain(id)
	}
	return plain(n.child(names[len(names)-1]))
}

// plain is an id without the scheme that only some of its mentions carry.
func plain(id string) string { return strings.TrimPrefix(strings.TrimSpace(id), "urn:uuid:") }

// senders are the places in Participants of those who send a stream.
func (m *Metadata) senders(stream string) []int {
	var who []int
	for i, p := range m.Participants {
		if !m.left[p.ID] && slices.Contains(m.sends[p.ID], stream) {
			who = append(who, i)
		}
	}
	return who
}

// After is the state of affairs once m has come, given what was known before. What m leaves out, as a partial document
// or one about participants alone does, stays.
func (m *Metadata) After(before *Metadata) *Metadata {
	if before == nil || !m.Partial && len(m.Streams) > 0 && len(m.Participants) > 0 && len(m.sends) > 0 {
		return m
	}
	now := &Metadata{Calling: m.Calling, Called: m.Called, Warnings: m.Warnings, left: m.left, sends: map[string][]string{}}
	if len(now.Calling)+len(now.Called) == 0 {
		now.Calling, now.Called = before.Calling, before.Called
	}
	now.Participants, now.Streams = m.Participants, m.Streams
	if m.Partial || len(m.Participants) == 0 {
		now.Participants = replaced(before.Participants, m.Participants, func(p Participant) string { return p.ID })
	}
	if m.Partial || len(m.Streams) == 0 {
		now.Streams = replaced(before.Streams, m.Streams, func(s Stream) string { return s.ID })
	}
	for _, from := range []map[string][]string{before.sends, m.sends} {
		for id, streams := range from {
			if len(streams) > 0 {
				now.sends[id] = streams
			}
		}
	}
	now.Participants, now.Streams = now.Participants[:min(len(now.Participants), maxParties)], now.Streams[:min(len(now.Streams), maxParties)]
	return now
}

// replaced is old with every item of the same id replaced by the new one, and the other new ones after it.
func replaced[T any](old, with []T, id func(T) string) []T {
	all := slices.Clone(old)
	for _, n := range with {
		if i := slices.IndexFunc(all, func(o T) bool { return id(o) == id(n) }); i >= 0 {
			all[i] = n
		} else {
			all = append(all, n)
		}
	}
	return all
}
