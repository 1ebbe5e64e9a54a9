package event

import (
	"context"
	"sync"

	"timbre"
)

// sequence numbers events. Each number is greater than all before, also across restarts and whatever the wall clock does: a
// number is used only once it is reserved durably, and a restart begins after all that were reserved. There are gaps.
type sequence struct {
	reserver timbre.NumberReserver

	mu             sync.Mutex
	last, reserved int64
}

func (s *sequence) next(ctx context.Context) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == s.reserved {
		end, err := s.reserver.ReserveNumbers(ctx, timbre.NumberBlock)
		if err != nil {
			return 0, err
		}
		s.last, s.reserved = end-timbre.NumberBlock, end
	}
	s.last++
	return s.last, nil
}
