package notify

import "sync"

// inbox collects what other goroutines ask of the dispatcher. Its size is bounded by the number of targets.
type inbox struct {
	signal chan struct{}

	mu       sync.Mutex
	woken    map[string]bool // true: to be retried too
	all      bool
	retryAll bool
}

func newInbox() inbox {
	return inbox{signal: make(chan struct{}, 1), woken: map[string]bool{}, all: true}
}

func (i *inbox) wake(targets []string) {
	i.add(targets, i.keep, func() { i.all = true })
}

// keep adds a target, without losing that it is to be retried.
func (i *inbox) keep(target string) {
	if _, is := i.woken[target]; !is {
		i.woken[target] = false
	}
}

func (i *inbox) retry(targets []string) {
	i.add(targets, func(target string) { i.woken[target] = true }, func() { i.all, i.retryAll = true, true })
}

func (i *inbox) add(targets []string, one func(string), all func()) {
	i.mu.Lock()
	for _, target := range targets {
		one(target)
	}
	if len(targets) == 0 {
		all()
	}
	i.mu.Unlock()
	select {
	case i.signal <- struct{}{}:
	default:
	}
}

// take returns what has been collected, which is the caller's from then on. It is often nothing, which costs nothing.
func (i *inbox) take() (woken map[string]bool, all, retryAll bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	all, retryAll = i.all, i.retryAll
	if len(i.woken) > 0 || all {
		woken, i.woken = i.woken, map[string]bool{}
	}
	i.all, i.retryAll = false, false
	return woken, all, retryAll
}

// restore puts back what take has returned, with all, because it could not be done.
func (i *inbox) restore(woken map[string]bool, retryAll bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for target, retry := range woken {
		i.woken[target] = i.woken[target] || retry
	}
	i.all, i.retryAll = true, i.retryAll || retryAll
}
