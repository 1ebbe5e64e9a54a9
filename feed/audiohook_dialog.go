package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/google/uuid"
)

// hookMessage is a message of an AudioHook client.
type hookMessage struct {
	Version    string
	ID         string // of the session
	Type       string
	Seq        *uint64       // of the messages of the client, from 1
	ServerSeq  *uint64       // of the newest message of the server that the client has seen; 0: none
	Position   *hookDuration // in the audio; media time counts the audio itself
	Parameters json.RawMessage
}

// hookAnswer is a message of the server.
type hookAnswer struct {
	Version    string `json:"version"`
	Type       string `json:"type"`
	ID         string `json:"id"`
	Seq        uint64 `json:"seq"`
	ClientSeq  uint64 `json:"clientseq"`
	Parameters any    `json:"parameters"`
}

// hookDialog numbers the messages of both sides.
type hookDialog struct {
	mu             sync.Mutex
	session        string // empty: not known yet
	received, sent uint64 // numbers of the newest messages
	acknowledged   uint64 // the newest that the client has seen
}

const (
	maxHookText = 64 << 10 // longest text message of the protocol, in bytes
	noUUID      = "00000000-0000-0000-0000-000000000000"
)

// check returns an error unless the message is one of the protocol, of a session.
func (m hookMessage) check() error {
	switch {
	case len(m.ID) != len(noUUID) || uuid.Validate(m.ID) != nil:
		return errors.New("the id is not a UUID")
	case m.Version != "2":
		return fmt.Errorf("the version is %.16q, not 2", m.Version)
	case m.Seq == nil || m.ServerSeq == nil || m.Position == nil || m.Parameters == nil:
		return errors.New("a member is missing: seq, serverseq, position or parameters")
	}
	return nil
}

// take parses a message and checks that it is the next one of the session.
func (d *hookDialog) take(message []byte) (m hookMessage, _ error) {
	if len(message) > maxHookText {
		return m, fmt.Errorf("a text message of %d bytes is longer than %d", len(message), maxHookText)
	}
	if err := decode(message, &m); err != nil {
		return m, err
	}
	if err := m.check(); err != nil {
		return m, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.session != "" && m.ID != d.session:
		return m, errors.New("the id is that of another session")
	case *m.Seq != d.received+1:
		return m, fmt.Errorf("seq is %d after %d", *m.Seq, d.received)
	case *m.ServerSeq < d.acknowledged || *m.ServerSeq > d.sent:
		return m, fmt.Errorf("serverseq is %d: it must be from %d, which was seen, to %d, which was sent", *m.ServerSeq, d.acknowledged, d.sent)
	}
	d.session, d.received, d.acknowledged = m.ID, *m.Seq, *m.ServerSeq
	return m, nil
}

// seen takes the number of a message that is not checked any more.
func (d *hookDialog) seen(m hookMessage) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m.Seq != nil {
		d.received = *m.Seq
	}
}

// word makes the next message of the server.
func (d *hookDialog) word(kind string, parameters map[string]any) hookAnswer {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sent++
	session := d.session
	if session == "" {
		session = noUUID
	}
	return hookAnswer{"2", kind, session, d.sent, d.received, parameters}
}

// answer is the response to a message that needs no more than that.
func (h *audioHook) answer(kind string) reply {
	return func() any { return h.dialog.word(kind, map[string]any{}) }
}

// started implements speaker.
func (h *audioHook) started(begun) any {
	opened := map[string]any{"media": []hookMedia{h.media}, "startPaused": false}
	if h.languages {
		opened["supportedLanguages"] = []string{} // the analysis depends on none
	}
	return h.dialog.word("opened", opened)
}

// stopped implements speaker.
func (h *audioHook) stopped() any { return h.answer("closed")() }

// hookReasons are those that a session is ended for; error for the others.
var hookReasons = map[string]string{
	"forbidden": "unauthorized", "no_connector": "unauthorized", "stopping": "completed",
}

// failed implements speaker.
func (h *audioHook) failed(f *failure) any {
	reason, known := hookReasons[f.code]
	if !known {
		reason = "error"
	}
	return h.dialog.word("disconnect", map[string]any{"reason": reason, "info": f.code + ": " + f.detail})
}
