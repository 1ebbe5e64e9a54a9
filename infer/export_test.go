package infer

import "context"

// Occupy takes a thread of the queue of the model until free is called.
func (m *Model) Occupy() (free func()) {
	_ = m.queue.enter(context.Background())
	return m.queue.leave
}

// Waiting is how many steps wait for a run.
func (b *Batch) Waiting() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.waiting)
}

// MostInBatch is how many windows a run takes.
const MostInBatch = mostInBatch
