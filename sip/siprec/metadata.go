package siprec

import (
	"fmt"
	"slices"
	"strings"
)

// Metadata is what a recording client says about a session, as far as it tells who speaks where.
type Metadata struct {
	Partial      bool   // a change to what was said before, not the whole
	Group        string // of the sessions that belong together, as before and after a transfer; empty without
	Participants []Participant
	Streams      []Stream
	Calling      []string // addresses or numbers that vendors name as the calling party
	Called       []string
	Warnings     []string

	sends  map[string][]string // participant id → stream ids
	ended  map[string][]string // the same, of associations that are over
	inside map[string]bool     // participant id → they are in a session; false: they have left
}

const maxWarning = 200 // bytes

const maxParties = 64 // participants, and streams, and streams of one participant, that are looked at

// Stream is one stream of the session.
type Stream struct {
	ID, Label string
	Mixed     bool // <mode>mixed</mode>

	line *int // the index of its m-line, or everyLine, where no label tells it
}

const everyLine = -1

func newMetadata() *Metadata {
	return &Metadata{sends: map[string][]string{}, ended: map[string][]string{}, inside: map[string]bool{}}
}

// Parse reads metadata (RFC 7865 and its drafts, BroadWorks, vendor extensions) by the local names of its elements. It
// never fails: what cannot be read is missing, and a warning says so.
func Parse(doc string) *Metadata {
	m := newMetadata()
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
	case len(m.Participants) == 0 && !m.Partial:
		m.warn("metadata names no participant")
	case n == maxParties:
		m.warn("no more than %d participants and streams are looked at", maxParties)
	}
	return m
}

func (m *Metadata) warn(format string, args ...any) {
	m.Warnings = append(m.Warnings, sentence(format, args...))
}

// sentence is a warning. What others have written, it may quote, but not at any length.
func sentence(format string, args ...any) string {
	w := fmt.Sprintf(format, args...)
	return strings.ToValidUTF8(w[:min(len(w), maxWarning)], "")
}

func (m *Metadata) read(n *node) (deeper bool) {
	switch n.name {
	case "datamode":
		m.Partial = strings.EqualFold(n.text(), "partial")
	case "participant":
		m.participant(n)
	case "stream":
		if len(m.Streams) < maxParties {
			m.stream(n)
		}
	case "participantstreamassoc":
		m.associate(reference(n, "participant_id", "participant"), n)
	case "participantsessionassoc":
		id := reference(n, "participant_id", "participant")
		m.inside[id] = m.inside[id] || !n.over()
	case "group", "group-ref":
		m.group(n)
		return true
	default:
		m.hint(n)
		return true
	}
	return false
}

// group notes the group of the session, unless it is one of nothing but zeros, which some send who have none.
func (m *Metadata) group(n *node) {
	id := plain(n.first("group_id", "id"))
	if n.name == "group-ref" {
		id = plain(n.text())
	}
	if m.Group == "" && strings.Trim(id, "0-") != "" {
		m.Group = id
	}
}

func (m *Metadata) stream(n *node) {
	m.Streams = append(m.Streams, Stream{
		ID: reference(n, "stream_id", "id"), Label: n.child("label"), Mixed: strings.EqualFold(n.child("mode"), "mixed"),
	})
}

// associate notes the streams that a participant sends, as <send>id</send> or <send><id>id</id></send>, or sends no more.
func (m *Metadata) associate(participant string, n *node) {
	to := m.sends
	if n.over() {
		to = m.ended
	}
	for _, k := range n.kids {
		if k.name != "send" || len(to[participant]) == maxParties {
			continue
		}
		id := k.text()
		if id == "" {
			id = k.child("id")
		}
		if id = plain(id); id != "" && !slices.Contains(to[participant], id) {
			to[participant] = append(to[participant], id)
		}
	}
}

// over says whether an association has an end.
func (n *node) over() bool { return n.child("disassociate-time") != "" }

// reference is an id from an attribute or, failing that, from a child of the last name.
func reference(n *node, names ...string) string {
	if id := n.first(names...); id != "" {
		return plain(id)
	}
	return plain(n.child(names[len(names)-1]))
}

// plain is an id without the scheme that only some of its mentions carry.
func plain(id string) string { return strings.TrimPrefix(strings.TrimSpace(id), "urn:uuid:") }
