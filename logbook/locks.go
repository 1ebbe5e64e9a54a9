package logbook

import "sync"

// locks are those of logs, by name: whoever reads or writes one does not wait for others. The zero value is ready.
type locks struct {
	mu sync.Mutex
	of map[string]*lock
}

type lock struct {
	sync.Mutex
	users int // those that hold it or wait for it; guarded by the mutex of locks
}

// lock waits for the lock of a name. The caller unlocks it.
func (l *locks) lock(name string) (unlock func()) {
	l.mu.Lock()
	if l.of == nil {
		l.of = map[string]*lock{}
	}
	one := l.of[name]
	if one == nil {
		one = &lock{}
		l.of[name] = one
	}
	one.users++
	l.mu.Unlock()
	one.Lock()
	return func() {
		one.Unlock()
		l.mu.Lock()
		defer l.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(l.of, name)
		}
	}
}
