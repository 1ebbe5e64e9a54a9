package infer

import (
	"testing"

	"golang.org/x/sys/unix"
)

// Embeddings take all processors at times. What receives packets and hears voices goes before them.
func TestLongRunsYieldToOtherThreads(t *testing.T) {
	ours, err := unix.Getpriority(unix.PRIO_PROCESS, 0) // 20 less the niceness
	if err != nil {
		t.Fatal(err)
	}
	long := newThreads(2)
	for range 4 {
		long.do(func() {
			if got, err := unix.Getpriority(unix.PRIO_PROCESS, unix.Gettid()); err != nil || got != min(ours, 20-niceness) {
				t.Errorf("got priority %d, %v in a run, want %d", got, err, 20-niceness)
			}
		})
	}
	long.close()
}

func TestShortRunsStayOnTheThreadThatAsksForThem(t *testing.T) {
	var none *threads
	ran := false
	none.do(func() { ran = true })
	if !ran {
		t.Error("got no run, want one")
	}
}
