package siprec

import (
	"fmt"
	"slices"
	"strings"
)

// Metadata is what a recording client says about a session, as far as it assigns parties to streams.
type Metadata struct {
	Partial      bool   // changes to earlier metadata, not all of it
	Group        string // communication session group, such as the sessions before and after a transfer; empty without
	Participants []Participant
	Streams      []Stream
	Calling      []string // addresses or numbers that extensions name as the calling party
	Called       []string
	Warnings     []string

	sends  map[string][]string // participant id → stream ids
	ended  map[string][]string // the same, of associations with an end
	joined map[string]bool     // participant id → it is in a session; false: it has left
}

const (
	maxWarning = 200 // bytes
	maxParties = 64  // participants, streams, streams of one participant, and names of the calling or the called party
	maxName    = 256 // bytes of such a name; a longer one is none
)

// Stream is one stream of the session.
type Stream struct {
	ID, Label string
	Mixed     bool // <mode>mixed</mode>

	line *int // index of its m-line, or everyLine; nil: by its label
}

const everyLine = -1

func newMetadata() *Metadata {
	return &Metadata{sends: map[string][]string{}, ended: map[string][]string{}, joined: map[string]bool{}}
}

// Parse reads metadata (RFC 7865 and its drafts, BroadWorks, vendor extensions) by the local names of its elements. It
// never fails: what cannot be read is left out, with a warning.
func Parse(doc string) *Metadata {
	m := newMetadata()
	if len(doc) > MaxBody {
		m.warn("metadata of %d bytes is not read", len(doc))
		return m
	}
	top, err := parseTree(doc)
	if err != nil {
		m.warn("metadata: %v", err)
	}
	top.walk(m.read)
	switch n := max(len(m.Participants), len(m.Streams)); {
	case len(m.Participants) == 0 && !m.Partial:
		m.warn("metadata names no participant")
	case n == maxParties:
		m.warn("only %d participants and streams are read", maxParties)
	}
	return m
}

func (m *Metadata) warn(format string, args ...any) {
	m.Warnings = append(m.Warnings, warning(format, args...))
}

// warning formats a warning. What it quotes of the metadata is cut at maxWarning bytes.
func warning(format string, args ...any) string {
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
		m.joined[id] = m.joined[id] || !n.ended()
	case "group", "group-ref":
		m.group(n)
		return true
	default:
		m.hint(n)
		return true
	}
	return false
}

// group reads the group of the session. A group of zeros is none: some clients send it always.
func (m *Metadata) group(n *node) {
	id := bareID(n.first("group_id", "id"))
	if n.name == "group-ref" {
		id = bareID(n.text())
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

// associate reads the streams that a participant sends, or no longer sends: <send>id</send> or <send><id>id</id></send>.
func (m *Metadata) associate(participant string, n *node) {
	to := m.sends
	if n.ended() {
		to = m.ended
	}
	for _, k := range n.children {
		if k.name != "send" || len(to[participant]) == maxParties {
			continue
		}
		id := k.text()
		if id == "" {
			id = k.child("id")
		}
		if id = bareID(id); id != "" && !slices.Contains(to[participant], id) {
			to[participant] = append(to[participant], id)
		}
	}
}

// ended reports whether an association has an end.
func (n *node) ended() bool { return n.child("disassociate-time") != "" }

// reference is an id from an attribute or, without, from a child of the last name.
func reference(n *node, names ...string) string {
	if id := n.first(names...); id != "" {
		return bareID(id)
	}
	return bareID(n.child(names[len(names)-1]))
}

// bareID is an id without the URN scheme, which only some of its mentions have.
func bareID(id string) string { return strings.TrimPrefix(strings.TrimSpace(id), "urn:uuid:") }
