package siprec

import (
	"cmp"
	"maps"
	"slices"
)

// After merges m into earlier metadata. What m leaves out, as a partial document or one about participants alone does, stays.
func (m *Metadata) After(before *Metadata) *Metadata {
	if before == nil {
		return m
	}
	if whole := len(m.Streams) > 0 && len(m.Participants) > 0 && len(m.sends) > 0; whole && !m.Partial {
		return m.keepStreams(before)
	}
	now := newMetadata()
	now.Warnings = m.Warnings
	now.Group = cmp.Or(m.Group, before.Group)
	now.Calling, now.Called = m.Calling, m.Called
	if len(m.Calling)+len(m.Called) == 0 {
		now.Calling, now.Called = before.Calling, before.Called
	}
	now.Participants, now.Streams = m.Participants, m.Streams
	if m.Partial || len(m.Participants) == 0 {
		now.Participants = before.withParticipants(m.Participants)
	}
	if m.Partial || len(m.Streams) == 0 {
		now.Streams = before.withStreams(m.Streams)
	}
	now.mergeAssociations(before, m)
	now.forget()
	return now
}

// mergeAssociations merges which participants have joined, and what they send.
func (m *Metadata) mergeAssociations(before, update *Metadata) {
	maps.Copy(m.joined, before.joined)
	for _, p := range update.Participants { // a participant that is listed has joined, unless the document says that it has left
		m.joined[p.ID] = true
	}
	maps.Copy(m.joined, update.joined)
	for id, streams := range before.sends {
		m.sends[id] = slices.DeleteFunc(slices.Clone(streams), func(s string) bool { return slices.Contains(update.ended[id], s) })
	}
	maps.Copy(m.sends, update.sends)
}

// keepStreams is a complete document in which a participant that sends nothing, because it is on hold, keeps the stream that
// it sent and that no other participant sends now.
func (m *Metadata) keepStreams(before *Metadata) *Metadata {
	now := *m
	now.sends = maps.Clone(m.sends)
	for _, p := range m.Participants {
		if len(m.sends[p.ID]) > 0 {
			continue
		}
		for _, id := range before.sends[p.ID] {
			there := slices.ContainsFunc(m.Streams, func(s Stream) bool { return s.ID == id })
			if there && len(m.senders(id)) == 0 && !slices.Contains(m.ended[p.ID], id) {
				now.sends[p.ID] = append(now.sends[p.ID], id)
			}
		}
	}
	return &now
}

// withParticipants are the participants so far, updated, and the new ones after them.
func (m *Metadata) withParticipants(updates []Participant) []Participant {
	all := slices.Clone(m.Participants)
	for _, p := range updates {
		if i := slices.IndexFunc(all, func(o Participant) bool { return o.ID == p.ID }); i >= 0 {
			all[i] = p.or(all[i])
		} else if len(all) < maxParties {
			all = append(all, p)
		}
	}
	return all
}

// withStreams are the streams so far, updated. A label belongs to one stream at a time, the newest.
func (m *Metadata) withStreams(updates []Stream) []Stream {
	all := slices.Clone(m.Streams)
	for _, s := range updates {
		i := slices.IndexFunc(all, func(o Stream) bool { return o.ID == s.ID || o.Label == s.Label && s.Label != "" })
		if i < 0 {
			all = append(all, s)
			continue
		}
		if s.Label == "" {
			s.Label = all[i].Label
		}
		all[i] = s
	}
	return all[max(0, len(all)-maxParties):]
}

// forget drops what is known of participants that have gone, so that a long session does not grow.
func (m *Metadata) forget() {
	unknown := func(id string) bool {
		return !slices.ContainsFunc(m.Participants, func(p Participant) bool { return p.ID == id })
	}
	maps.DeleteFunc(m.joined, func(id string, _ bool) bool { return unknown(id) })
	maps.DeleteFunc(m.sends, func(id string, _ []string) bool { return unknown(id) })
}
