package demo

import (
	"context"
	"sync"
)

// inbox holds the received events, each once, in order of arrival.
type inbox struct {
	mu     sync.Mutex
	events []event
	ids    map[string]bool
	grown  chan struct{} // closed, and replaced, when events has grown
}

func newInbox() *inbox { return &inbox{ids: map[string]bool{}, grown: make(chan struct{})} }

// put adds an event, unless it was delivered before.
func (b *inbox) put(e event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ids[e.ID] {
		return
	}
	b.ids[e.ID] = true
	b.events = append(b.events, e)
	close(b.grown)
	b.grown = make(chan struct{})
}

// next waits for the first event of a call at or after position from, and returns the position after it.
func (b *inbox) next(ctx context.Context, transaction string, from int) (event, int, error) {
	for {
		b.mu.Lock()
		events, grown := b.events, b.grown
		b.mu.Unlock()
		for ; from < len(events); from++ {
			if events[from].transaction() == transaction {
				return events[from], from + 1, nil
			}
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return event{}, from, context.Cause(ctx)
		}
	}
}
