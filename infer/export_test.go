package infer

// Occupy takes a thread of the model's lane until it is called back.
func (m *Model) Occupy() (free func()) {
	m.slots <- struct{}{}
	return func() { <-m.slots }
}
