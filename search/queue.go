package search

import (
	"sync"

	"timbre"
)

// request is one search of a domain.
type request struct {
	voice timbre.Voiceprint
	rule  Rule

	done    bool
	finding timbre.Finding
	err     error
}

// queue holds the searches that wait for the scan in progress: one scan serves them all.
type queue struct {
	mu      sync.Mutex
	waiting []*request
}

func (q *queue) add(r *request) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, r)
}

func (q *queue) take() []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	all := q.waiting
	q.waiting = nil
	return all
}
