package sentry

import "time"

// bucket is how much of something has been taken: the time until which it takes up its share. The zero value is full.
type bucket time.Time

// take says whether one more may be had now, at a rate a second and with so many at once, and takes it.
func (b *bucket) take(now time.Time, rate, burst int) bool {
	share := time.Second / time.Duration(rate)
	busy := time.Time(*b)
	if busy.Before(now) {
		busy = now
	}
	if busy.Sub(now) > time.Duration(burst-1)*share {
		return false
	}
	*b = bucket(busy.Add(share))
	return true
}
