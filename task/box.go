package task

import "sync"

// box is a queue that never makes the one who puts wait. What bounds it is the audio in it, which its owner counts.
type box[T any] struct {
	mu    sync.Mutex
	items []T
	ready chan struct{} // holds a value while there may be something to take
}

func newBox[T any]() *box[T] { return &box[T]{ready: make(chan struct{}, 1)} }

func (b *box[T]) put(item T) {
	b.mu.Lock()
	b.items = append(b.items, item)
	b.mu.Unlock()
	select {
	case b.ready <- struct{}{}:
	default:
	}
}

// take gives all that is in it, oldest first.
func (b *box[T]) take() []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	items := b.items
	b.items = nil
	return items
}
