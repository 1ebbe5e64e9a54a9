package notifytest

import "sync"

// Fault is a way in which a service fails.
type Fault int

// The faults of a service. Hang and Drop are those of any HTTP service; Service implements them.
const (
	None           Fault = iota
	RefusedForever       // the request is wrong and will be refused again: a client error
	RefusedForNow        // the service is overloaded or restarting
	BadCredentials       // the signature or the access key is not accepted
	Hang                 // no response until the client gives up
	Drop                 // the request is accepted, and the connection closed in the middle of the response
)

func (f Fault) String() string {
	return [...]string{"none", "refused for ever", "refused for now", "bad credentials", "hang", "drop"}[f]
}

// Faults are those of the next requests of a Peer. Peers embed it.
type Faults struct {
	mu       sync.Mutex
	fault    Fault
	left     int // requests that the fault concerns; negative: all
	requests int
	hanging  chan struct{}
}

// NewFaults returns none, until Fail.
func NewFaults() *Faults { return &Faults{hanging: make(chan struct{}, 16)} }

// Fail implements Peer.
func (s *Faults) Fail(f Fault, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault, s.left = f, count
}

// Requests implements Peer.
func (s *Faults) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

// Hanging implements Peer.
func (s *Faults) Hanging() <-chan struct{} { return s.hanging }

// Next counts a request, and returns its fault.
func (s *Faults) Next() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.left == 0 {
		return None
	}
	s.left--
	return s.fault
}

// Hang says that a request hangs.
func (s *Faults) Hang() { s.hanging <- struct{}{} }
