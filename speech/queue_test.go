package speech

import (
	"testing"
	"time"

	"timbre"
)

func numbered(i int) heard { return heard{Frame: timbre.Frame{At: time.Duration(i)}} }

func TestQueueKeepsOrderAndItsBound(t *testing.T) {
	q := newQueue()
	for i := range backlog {
		if !q.put(numbered(i)) {
			t.Fatalf("got no room for frame %d of %d", i, backlog)
		}
	}
	if q.put(numbered(backlog)) {
		t.Error("got room for one frame too many")
	}
	for i := range backlog {
		<-q.ready
		if f, ok := q.take(); !ok || f.At != time.Duration(i) {
			t.Fatalf("got frame %d, %v, want %d", f.At, ok, i)
		}
	}
	select {
	case <-q.ready:
		t.Error("got something to take from an empty queue")
	default:
	}
	if !q.put(numbered(0)) {
		t.Error("got no room in an empty queue")
	}
}

func TestQueueEndsAfterItsFrames(t *testing.T) {
	for _, waiting := range []int{0, 1, 3} {
		q := newQueue()
		for i := range waiting {
			q.put(numbered(i))
		}
		q.end()
		for i := range waiting + 2 {
			<-q.ready
			if _, ok := q.take(); ok != (i < waiting) {
				t.Errorf("%d frames: got a frame %v from take %d", waiting, ok, i)
			}
		}
	}
}

// A task that begins costs no memory for frames that may never come.
func TestQueueTakesTheMemoryOfWhatWaits(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() { newQueue() }); n > 2 {
		t.Errorf("got %.0f allocations of an empty queue, want 2", n)
	}
	q := newQueue()
	for i := range 10 * backlog {
		q.put(numbered(i))
		<-q.ready
		q.take()
		if c := cap(q.frames); c > 1 {
			t.Fatalf("got room for %d frames where one waits at a time", c)
		}
	}
}
