package search

import "sync"

// logged is what was logged about a domain, so that each is logged once.
type logged struct {
	mu        sync.Mutex
	invalid   map[string]string // by tag, the last invalid value
	skipped   string            // the model for which profiles of other models were left out
	malformed map[string]bool   // profiles
}

func newLogged() *logged {
	return &logged{invalid: map[string]string{}, malformed: map[string]bool{}}
}

// newlyInvalid is true once for each invalid value of a tag.
func (l *logged) newlyInvalid(tag, value string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	last, logged := l.invalid[tag]
	l.invalid[tag] = value
	return !logged || last != value
}

// newlySkipped is true once for a model in place of another.
func (l *logged) newlySkipped(model string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	newly := l.skipped != model
	l.skipped = model
	return newly
}

// newlyMalformed is true once for a profile.
func (l *logged) newlyMalformed(profileID string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	newly := !l.malformed[profileID]
	l.malformed[profileID] = true
	return newly
}
