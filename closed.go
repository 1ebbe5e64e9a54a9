package timbre

// IsClosed reports whether a channel that carries nothing is closed.
func IsClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
