package notify

import (
	"net/http"
	"strconv"
	"time"
)

// maxAfter is the longest wait that a service may ask for: beyond it, a notice has expired.
const maxAfter = 24 * time.Hour

// RetryAfter returns how long the header of a response asks to wait: a number of seconds, or a date. 0: it does not. A date is compared
// with that of the response, if there is one, since the clocks of two hosts differ; else with now.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxAfter/time.Second))) * time.Second
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return min(max(0, until.Sub(now)), maxAfter)
}
