package console

import (
	"container/list"
	"slices"
	"sync"
	"time"

	"timbre"
)

// How many events are kept: the last ones of a call, and those of the calls of which one came last.
const (
	eventsOfCall = 1000
	eventsOfAll  = 50_000
)

// event is an event as the page sees it.
type event struct {
	ID      string      `json:"id"`
	Type    string      `json:"type"`
	Status  string      `json:"status"`
	Time    time.Time   `json:"time"`
	Task    string      `json:"task,omitempty"`
	Leg     int         `json:"leg"`
	Message string      `json:"message,omitempty"`
	Matches []matchOf   `json:"matches,omitempty"`
	Current *toneOfSpan `json:"current,omitempty"`
	Overall *toneOfSpan `json:"overall,omitempty"`
}

// matchOf is a profile that a voice matches.
type matchOf struct {
	ProfileID  string  `json:"profileId"`
	Confidence float64 `json:"confidence"`
}

// toneOfSpan is the tone between two times.
type toneOfSpan struct {
	Start    time.Time `json:"start"`
	End      time.Time `json:"end"`
	Positive float64   `json:"positive"`
	Neutral  float64   `json:"neutral"`
	Negative float64   `json:"negative"`
}

// history has the latest events of the latest calls. It is safe for concurrent use.
type history struct {
	mu    sync.Mutex
	calls map[string]*list.Element // by transaction id
	order *list.List               // of *past: at the front the call whose last event is the oldest
	total int
}

// past are the events of a call.
type past struct {
	transactionID string
	events        []event
	before        int // how many have been dropped
}

func newHistory() *history { return &history{calls: map[string]*list.Element{}, order: list.New()} }

// add keeps an event of a call. One that is announced again, because it could not be saved, is kept once.
func (h *history) add(e timbre.Event) {
	id := e.Call.TransactionID
	if id == "" {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.calls[id]
	if at == nil {
		at = h.order.PushBack(&past{transactionID: id})
		h.calls[id] = at
	}
	p := at.Value.(*past)
	if slices.ContainsFunc(p.events[max(0, len(p.events)-repeatable):], func(o event) bool { return o.ID == e.ID }) {
		return
	}
	p.events = append(p.events, seen(e))
	h.order.MoveToBack(at)
	if h.total++; len(p.events) > eventsOfCall {
		h.drop(p, len(p.events)-eventsOfCall)
	}
	for h.total > eventsOfAll {
		oldest := h.order.Front()
		p := oldest.Value.(*past)
		h.total -= len(p.events)
		h.order.Remove(oldest)
		delete(h.calls, p.transactionID)
	}
}

// repeatable is among how many of the last events one may be that is announced again.
const repeatable = 50

// drop forgets the first n events of a call.
func (h *history) drop(p *past, n int) {
	p.events = slices.Delete(p.events, 0, n)
	p.before += n
	h.total -= n
}

// since returns the events of a call after the first n, and how many there have been by then.
func (h *history) since(transactionID string, n int) ([]event, int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	at := h.calls[transactionID]
	if at == nil {
		return nil, n
	}
	p := at.Value.(*past)
	from := min(max(0, n-p.before), len(p.events))
	return slices.Clone(p.events[from:]), p.before + len(p.events)
}

func seen(e timbre.Event) event {
	return event{
		ID: e.ID, Type: string(e.Type), Status: e.Status, Time: e.Time.UTC(), Task: e.TaskID, Leg: e.Leg, Message: e.StatusMessage,
		Matches: matches(e.Matches), Current: span(e.Current), Overall: span(e.Overall),
	}
}

func matches(all []timbre.Match) (list []matchOf) {
	for _, m := range all {
		list = append(list, matchOf(m))
	}
	return list
}

func span(s *timbre.ToneSpan) *toneOfSpan {
	if s == nil {
		return nil
	}
	return &toneOfSpan{s.Start.UTC(), s.End.UTC(), s.Tone.Positive, s.Tone.Neutral, s.Tone.Negative}
}

// kind is that of the task that an event is of; 0: of none.
func (e event) kind() timbre.TaskKind {
	switch timbre.EventType(e.Type) {
	case timbre.SpeakerSearchStatus:
		return timbre.SpeakerSearch
	case timbre.VoiceToneStatus:
		return timbre.VoiceTone
	}
	return 0
}
