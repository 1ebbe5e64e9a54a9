package feed

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"timbre"
)

// audioHook is Genesys AudioHook, version 2. The client opens a session and sends audio once it is opened: binary messages of interleaved
// channels, external for the customer and internal for the agent. It says what it left out of the audio, answers to a failure by closing
// the session, and probes a server by sessions of the conversation zero, which are no calls.
type audioHook struct {
	dialog    hookDialog
	media     hookMedia     // what was chosen of the offer
	tracks    []track       // of its channels; none: the session is not open
	at        time.Duration // the end of the audio so far, with what was left out
	probe     bool
	languages bool // the client wants to know which there are
	paused    bool
	trouble   string // the last error that the client had; empty: none
}

var audioHookKind = kind{
	name:  "audiohook",
	knows: func(m first) bool { return m.is("type", "open") && m.has("serverseq") },
	open:  func() dialect { return &audioHook{} },
}

func (h *audioHook) text(message []byte) (any, error) {
	m, err := h.dialog.take(message)
	if err != nil {
		return nil, err
	}
	if m.Type == "close" {
		return h.close(m)
	}
	if opens, open := m.Type == "open", len(h.tracks) > 0; opens == open {
		return nil, unexpected(fmt.Sprintf("a message of type %.32q", m.Type))
	}
	switch m.Type {
	case "open":
		return h.open(m)
	case "ping":
		return h.answer("pong"), nil
	case "update": // of the language, which the analysis does not depend on
		return h.answer("updated"), nil
	case "paused":
		h.paused = true
	case "resumed":
		h.paused = false
		return nil, h.leaveOut(m)
	case "discarded":
		return nil, h.leaveOut(m)
	case "error":
		return nil, h.note(m)
	}
	return nil, nil // messages of other types, such as keyed digits, need no response
}

// open takes the offer. The call is named after the conversation, and its parties after the external participant.
func (h *audioHook) open(m hookMessage) (any, error) {
	var p hookOpen
	if err := decode(m.Parameters, &p); err != nil {
		return nil, err
	}
	custom := scalars(p.CustomConfig)
	start, err := h.choose(p.Media, custom["caller"])
	if err != nil {
		return nil, err
	}
	delete(custom, "caller")
	start.setParameters(custom)
	start.setDefaults(p.ConversationID, strings.TrimPrefix(p.Participant.ANI, "tel:"), strings.TrimPrefix(p.Participant.DNIS, "tel:"))
	start.note("organizationId", p.OrganizationID)
	start.note("conversationId", p.ConversationID)
	start.note("participantId", p.Participant.ID)
	start.note("sessionId", m.ID)
	start.note("language", p.Language)
	start.request = map[string]string{"Audiohook-Organization-Id": p.OrganizationID, "Audiohook-Session-Id": m.ID}
	h.probe, h.languages = p.ConversationID == noUUID, p.SupportedLanguages
	start.probe = h.probe
	return start, nil
}

// leaveOut takes what the client has left out of the audio, at its end: media time jumps over it.
func (h *audioHook) leaveOut(m hookMessage) error {
	var p struct{ Discarded hookDuration }
	if err := decode(m.Parameters, &p); err != nil {
		return err
	}
	h.at = min(h.at+time.Duration(p.Discarded), maxPosition)
	return nil
}

// note remembers an error of the client, which closes the session next if it cannot go on.
func (h *audioHook) note(m hookMessage) error {
	var p struct {
		Code    int
		Message string
	}
	if err := decode(m.Parameters, &p); err != nil {
		return err
	}
	h.trouble = fmt.Sprintf("error %d: %.100s", p.Code, p.Message)
	return nil
}

func (h *audioHook) close(m hookMessage) (any, error) {
	var p struct{ Reason string }
	if err := decode(m.Parameters, &p); err != nil {
		return nil, err
	}
	if p.Reason != "error" {
		return stopMessage{}, nil
	}
	return stopMessage{failure: strings.TrimSpace("the sender closed the session because of an error: " + h.trouble)}, nil
}

func (h *audioHook) binary(message []byte) (any, error) {
	switch {
	case len(h.tracks) == 0:
		return nil, unexpected("audio before the session is open")
	case h.paused:
		return nil, unexpected("audio of a session that is paused")
	}
	sampleBytes := h.media.codec().SampleBytes()
	all, err := deinterleave(message, sampleBytes, h.tracks)
	if err != nil || h.probe {
		return nil, err
	}
	for i := range all {
		all[i].At, all[i].Timed = h.at, true
	}
	h.at = min(h.at+timbre.Duration(len(all[0].Payload)/sampleBytes), maxPosition)
	return all, nil
}

// parts implements parter.
func (h *audioHook) parts(message []byte) bool {
	var m hookMessage
	if json.Unmarshal(message, &m) != nil || m.Type != "close" {
		return false
	}
	h.dialog.seen(m)
	return true
}
