package infer

import (
	"runtime"
	"sync"
)

// threads run what takes long, each a run at a time, at a lower priority than all other threads of the process: audio is heard in time, and
// packets are received, whatever is embedded. Which run gets a thread is the queue's matter.
type threads struct {
	work    chan func()
	running sync.WaitGroup
}

func newThreads(n int) *threads {
	t := &threads{work: make(chan func())}
	for range n {
		t.running.Go(t.serve)
	}
	return t
}

// serve is one thread. It ends with its goroutine, as its priority cannot be raised again.
func (t *threads) serve() {
	runtime.LockOSThread()
	yieldToOthers()
	for run := range t.work {
		run()
	}
}

// do runs something on a thread, and waits for its end. Without threads it runs on the caller's.
func (t *threads) do(run func()) {
	if t == nil {
		run()
		return
	}
	done := make(chan struct{})
	t.work <- func() {
		defer close(done)
		run()
	}
	<-done
}

func (t *threads) close() {
	close(t.work)
	t.running.Wait()
}
