package notify

import (
	"sync"
	"time"

	"timbre"
)

// states are the breakers that are not closed, for others than the goroutine of Run to see.
type states struct {
	mu sync.Mutex
	of map[string]breaker
}

// set records the breaker of a target. Of most attempts there is nothing to record.
func (s *states) set(target string, b breaker) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b.open || b.gone {
		s.of[target] = b
	} else {
		delete(s.of, target)
	}
}

// States implements timbre.TargetStates.
func (d *Dispatcher) States() map[string]timbre.TargetState {
	d.states.mu.Lock()
	defer d.states.mu.Unlock()
	list := map[string]timbre.TargetState{}
	for target, b := range d.states.of {
		s := timbre.TargetState{Delivery: timbre.DeliveryEnded, Failures: b.failures, Error: b.reason}
		if b.open {
			s.Delivery, s.Next = timbre.DeliveryWaits, d.env.Now().Add(time.Until(b.until)).UTC() // until is monotonic: the clock may have jumped
		}
		list[target] = s
	}
	return list
}
