package task

import "time"

const shutdownMessage = "the server was shut down while the task was running"

// ShutdownTimeout is how long Close waits for the last results of calls that have ended.
const ShutdownTimeout = 3 * time.Second

// Close ends all tasks and returns when their final states are saved. A task whose call is live, or that does not end within
// ShutdownTimeout, ends as if the server had crashed: see Recover. What cannot be saved is left to Recover, too.
func (e *Engine) Close() {
	e.mu.Lock()
	first := !e.closed
	e.closed = true
	e.mu.Unlock()
	if first {
		e.abort(func(a *actor) bool {
			_, live := e.deps.Calls.Call(a.transactionID)
			return live
		})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		e.wg.Wait()
	}()
	timeout := time.NewTimer(ShutdownTimeout)
	defer timeout.Stop()
	select {
	case <-ended:
	case <-timeout.C:
	}
	e.abort(func(*actor) bool { return true })
	e.cancel()
	<-ended
}

// abort ends tasks that cannot continue.
func (e *Engine) abort(which func(*actor) bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, a := range e.running {
		if which(a) {
			a.inbox.put(aborted{shutdownMessage})
		}
	}
}
