package trial

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// delivery is an event at a target.
type delivery struct{ target, id string }

// event is what the checks read of an event.
type event struct {
	ID     string `json:"id"`
	Detail struct {
		Sequence      int64  `json:"sequence"`
		PipelineARN   string `json:"mediaInsightsPipelineArn"`
		TaskID        string `json:"taskId"`
		TransactionID string `json:"transactionId"`
		IsCaller      *bool  `json:"isCaller"`
		Detail        string `json:"detailStatus"`
		Streaming     string `json:"streamingStatus"`
	} `json:"detail"`
}

func (e event) status() string { return e.Detail.Detail + e.Detail.Streaming }
func (e event) lane() string {
	return cmp.Or(e.Detail.TaskID, e.Detail.PipelineARN, e.Detail.TransactionID)
}

// ledger has what all targets have received. It notes an event that comes with another content, and one that overtakes.
type ledger struct {
	mu     sync.Mutex
	bodies map[string][]byte   // by event
	events map[string]event    // by event
	seen   map[delivery]int    // how often
	last   map[[2]string]int64 // sequence of the newest event, by target and lane
	owed   map[delivery]bool   // what the server had in its outbox when it was killed
	order  map[string][]string // events in the order of their first arrival, by lane
	faults []string
}

func newLedger() *ledger {
	return &ledger{
		bodies: map[string][]byte{}, events: map[string]event{}, seen: map[delivery]int{}, last: map[[2]string]int64{},
		owed: map[delivery]bool{}, order: map[string][]string{},
	}
}

// take notes that a target has received an event.
func (l *ledger) take(target string, body []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var e event
	if err := json.Unmarshal(body, &e); err != nil || e.ID == "" {
		l.faults = append(l.faults, fmt.Sprintf("%s has received what is no event: %.200q", target, body))
		return
	}
	e.ID = bare(e.ID)
	before, known := l.bodies[e.ID]
	if known && !bytes.Equal(before, body) {
		l.faults = append(l.faults, fmt.Sprintf("event %s has two contents:\n%s\n%s", e.ID, before, body))
	}
	if !known {
		l.bodies[e.ID], l.events[e.ID] = body, e
		l.order[e.lane()] = append(l.order[e.lane()], e.ID)
	}
	d := delivery{target, e.ID}
	lane := [2]string{target, e.lane()}
	if l.seen[d]++; l.seen[d] == 1 {
		if e.Detail.Sequence <= l.last[lane] {
			l.faults = append(l.faults, fmt.Sprintf("%s has received %s %s (%d) after %d of its lane", target, e.status(), e.ID, e.Detail.Sequence, l.last[lane]))
		}
		l.last[lane] = max(l.last[lane], e.Detail.Sequence)
	}
}

// owe notes what a killed server has committed itself to deliver.
func (l *ledger) owe(waiting []delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range waiting {
		l.owed[d] = true
	}
}

// missing are the deliveries that the server owes.
func (l *ledger) missing() (all []delivery) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for d := range l.owed {
		if l.seen[d] == 0 {
			all = append(all, d)
		}
	}
	return all
}

// of are the events of a lane with one of the statuses; all of them if there are none.
func (l *ledger) of(lane string, statuses ...string) (all []event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range l.order[lane] {
		if e := l.events[id]; len(statuses) == 0 || slices.Contains(statuses, e.status()) {
			all = append(all, e)
		}
	}
	return all
}

// at are the events that a target has received.
func (l *ledger) at(target string) map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	ids := map[string]bool{}
	for d := range maps.Keys(l.seen) {
		if d.target == target {
			ids[d.id] = true
		}
	}
	return ids
}

// bare is the id of an event without what the envelopes of some kinds put before it.
func bare(id string) string { return strings.TrimPrefix(id, "Id-") }
