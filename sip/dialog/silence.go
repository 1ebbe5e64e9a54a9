package dialog

import "time"

// Silence measures for how long no media has arrived. The zero value starts at the first look.
type Silence struct {
	packets uint64
	since   time.Time
}

// Observe takes the number of packets that have arrived so far and returns for how long there have been no more. Excused is a
// time that does not count, such as hold.
func (s *Silence) Observe(now time.Time, packets uint64, excused bool) time.Duration {
	if packets != s.packets || excused || s.since.IsZero() {
		s.packets, s.since = packets, now
	}
	return now.Sub(s.since)
}

// Restart begins to measure again.
func (s *Silence) Restart(now time.Time) { s.since = now }
