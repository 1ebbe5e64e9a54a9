package notify_test

import (
	"net/http"
	"testing"
	"time"

	"timbre/notify"
)

var sentAt = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestRetryAfter(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"":                               0,
		"7":                              7 * time.Second,
		"0":                              0,
		"-1":                             0,
		"1.5":                            0,
		"soon":                           0,
		"99999999999999":                 24 * time.Hour,
		"Sun, 01 Mar 2026 12:02:00 GMT":  2 * time.Minute,
		"Sunday, 01-Mar-26 12:02:00 GMT": 2 * time.Minute,
		"Sun Mar  1 12:02:00 2026":       2 * time.Minute,
		"Sun, 01 Mar 2026 11:58:00 GMT":  0,
		"Mon, 01 Mar 2027 12:00:00 GMT":  24 * time.Hour,
	} {
		t.Run(text, func(t *testing.T) {
			if got := notify.RetryAfter(http.Header{"Retry-After": {text}}, sentAt); got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestRetryAfterIsOfTheClockOfTheService(t *testing.T) {
	h := http.Header{"Retry-After": {"Sun, 01 Mar 2026 12:02:00 GMT"}, "Date": {"Sun, 01 Mar 2026 12:01:00 GMT"}}
	if got := notify.RetryAfter(h, sentAt.Add(-time.Hour)); got != time.Minute {
		t.Errorf("got %v, want the minute between the dates of the service", got)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7", "")
	f.Add("Sun, 01 Mar 2026 12:02:00 GMT", "Sun, 01 Mar 2026 12:01:00 GMT")
	f.Fuzz(func(t *testing.T, after, date string) {
		h := http.Header{"Retry-After": {after}, "Date": {date}}
		if got := notify.RetryAfter(h, sentAt); got < 0 || got > 24*time.Hour {
			t.Errorf("got %v, want 0 to 24 hours", got)
		}
	})
}
