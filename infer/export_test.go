package infer

// Occupy takes a thread of the queue of the model until free is called.
func (m *Model) Occupy() (free func()) {
	m.slots <- struct{}{}
	return func() { <-m.slots }
}
