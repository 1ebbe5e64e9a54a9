package webhook_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"timbre"
	"timbre/notify"
)

func TestStatusSaysWhatBecomesOfTheNotice(t *testing.T) {
	for kind, statuses := range map[notify.FailureKind][]int{
		notify.ForNow:  {301, 302, 304, 408, 429, 500, 502, 503, 504},
		notify.Refused: {400, 401, 403, 404, 405, 409, 413, 415, 422, 451},
		notify.Gone:    {410},
	} {
		for _, status := range statuses {
			t.Run(strconv.Itoa(status), func(t *testing.T) {
				asked := 0
				s := sink(t, func(w http.ResponseWriter, r *http.Request) {
					asked++
					w.Header().Set("Location", r.URL.String())
					w.WriteHeader(status)
				})
				err := s.Send(t.Context(), event)
				if timbre.KindOf(err) != timbre.Unavailable || asked != 1 {
					t.Errorf("got %v after %d requests, want Unavailable after 1", err, asked)
				}
				if got := notify.FailureOf(err); got.Kind != kind || got.After != 0 {
					t.Errorf("got kind %d and a wait of %v, want kind %d and none", got.Kind, got.After, kind)
				}
			})
		}
	}
}

func TestRetryAfterOfAnyRefusalIsKept(t *testing.T) {
	for _, status := range []int{429, 503} {
		for _, after := range []string{"90", times[0].Add(90 * time.Second).UTC().Format(http.TimeFormat)} {
			t.Run(strconv.Itoa(status)+" "+after, func(t *testing.T) {
				s := sink(t, func(w http.ResponseWriter, _ *http.Request) {
					w.Header()["Date"] = nil // the clock of the sink is that of the test
					w.Header().Set("Retry-After", after)
					w.WriteHeader(status)
				})
				if got := notify.FailureOf(s.Send(t.Context(), event)).After; got != 90*time.Second {
					t.Errorf("got %v, want 90s", got)
				}
			})
		}
	}
}
