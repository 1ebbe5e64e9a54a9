package notify

import (
	"container/heap"
	"time"
)

// timers are the queues that take part again at a time, earliest first. It implements heap.Interface.
type timers []*queue

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].timer.Before(t[j].timer) }

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].heap, t[j].heap = i, j
}

// Push implements heap.Interface.
func (t *timers) Push(q any) {
	q.(*queue).heap = len(*t)
	*t = append(*t, q.(*queue))
}

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	last := len(*t) - 1
	q := (*t)[last]
	(*t)[last], *t = nil, (*t)[:last]
	q.heap = -1
	return q
}

// set lets a queue take part again at a time; zero: never.
func (t *timers) set(q *queue, at time.Time) {
	switch q.timer = at; {
	case at.IsZero() && q.heap >= 0:
		heap.Remove(t, q.heap)
	case at.IsZero():
	case q.heap >= 0:
		heap.Fix(t, q.heap)
	default:
		heap.Push(t, q)
	}
}

// due removes and returns a queue whose time has come, or nil.
func (t *timers) due(now time.Time) *queue {
	if len(*t) == 0 || (*t)[0].timer.After(now) {
		return nil
	}
	q := heap.Pop(t).(*queue)
	q.timer = time.Time{}
	return q
}
