package task

import "time"

const shutdown = "the server was shut down while the task was running"

// Goodbye is how long Close waits for the last results of calls that have ended.
const Goodbye = 3 * time.Second

// Close ends all tasks and returns when their ends are written down. A task on a call that is still live, or that does not
// end in time, ends as if its node had died: see Recover. What cannot be written down is left to Recover, too.
func (e *Engine) Close() {
	e.mu.Lock()
	first := !e.closed
	e.closed = true
	e.mu.Unlock()
	if first {
		e.lose(func(a *actor) bool {
			_, live := e.Calls.Call(a.call)
			return live
		})
	}
	over := make(chan struct{})
	go func() {
		defer close(over)
		e.wg.Wait()
	}()
	patience := time.NewTimer(Goodbye)
	defer patience.Stop()
	select {
	case <-over:
	case <-patience.C:
	}
	e.lose(func(*actor) bool { return true })
	e.cancel()
	<-over
}

// lose ends tasks that cannot go on.
func (e *Engine) lose(which func(*actor) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.running {
		if which(a) {
			a.inbox.put(lost{shutdown})
		}
	}
}
