// Package ttl provides a map whose entries end, for what has to be remembered for a while: nonces and signatures that may be used once; and a
// journal by which the next process remembers them.
package ttl

import "time"

// Map forgets its entries some time after they have ended: when Forget is called, but at most once a period. It is not safe for concurrent use.
type Map[K comparable, V any] struct {
	period  time.Duration
	dropped func(V) // nil: nobody counts them
	entries map[K]entry[V]
	next    time.Time // when what is over is forgotten
}

type entry[V any] struct {
	value V
	until time.Time
}

// NewMap makes a Map that calls dropped, unless it is nil, for each entry that it forgets.
func NewMap[K comparable, V any](period time.Duration, dropped func(V)) *Map[K, V] {
	return &Map[K, V]{period: period, dropped: dropped, entries: map[K]entry[V]{}}
}

// Len is how many entries it holds. Some of them may have ended.
func (m *Map[K, V]) Len() int { return len(m.entries) }

// Get returns an entry; false: there is none. One that has ended may still be there.
func (m *Map[K, V]) Get(key K) (V, bool) {
	e, ok := m.entries[key]
	return e.value, ok
}

// Put sets an entry, which ends after until.
func (m *Map[K, V]) Put(key K, value V, until time.Time) { m.entries[key] = entry[V]{value, until} }

// Forget drops what has ended, once a period.
func (m *Map[K, V]) Forget(now time.Time) {
	if now.Before(m.next) {
		return
	}
	m.next = now.Add(m.period)
	for key, e := range m.entries {
		if now.After(e.until) {
			delete(m.entries, key)
			if m.dropped != nil {
				m.dropped(e.value)
			}
		}
	}
}
