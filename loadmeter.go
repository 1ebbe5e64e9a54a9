package timbre

// LoadMeter tells how full a node is.
type LoadMeter interface {
	// Load is from 0 to 1, at which its tasks need all that it has, or their results are late: new work is refused.
	Load() float64
}

// Overloaded reports whether new work is to be refused. A node without a meter never is.
func Overloaded(m LoadMeter) bool { return m != nil && m.Load() >= 1 }
