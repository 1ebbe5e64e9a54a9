package call

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

func TestEndIsReportedOnce(t *testing.T) {
	for failure, want := range map[string]string{"": "ENDED", "no media": "FAILED"} {
		t.Run(want, func(t *testing.T) {
			r, d := registry()
			txid, legs := begin(t, r)
			e := tapped(t, r, txid, 1)
			legs[1].Frame(timbre.Frame{})
			for range 3 {
				if err := r.End(t.Context(), txid, failure); err != nil {
					t.Fatal(err)
				}
			}
			legs[1].Frame(timbre.Frame{})
			if e.frames != 1 || e.ends != 1 {
				t.Errorf("%s: got %d frames and %d ends at the tap, want 1 and 1", want, e.frames, e.ends)
			}
			if len(d.calls) != 2 || !slices.Equal(d.sent[1], []string{"Streaming Status " + want + " 0", "Streaming Status " + want + " 1"}) {
				t.Errorf("got events %q, want %s for each leg", d.sent, want)
			}
			if c := d.calls[1]; c.Ended.IsZero() || c.Failure != failure || d.events[0].StatusMessage != failure {
				t.Errorf("got call %+v", c)
			}
			if _, ok := r.Call(txid); ok || len(r.calls) != 0 {
				t.Errorf("%s: got a live call, want none", want)
			}
			for name, err := range map[string]error{
				"Update": second(r.Update(t.Context(), txid, timbre.Change{})),
				"Tap":    second(r.Tap(txid, 0, e)),
				"Listen": second(r.Listener(txid, 0)),
			} {
				t.Run(name, func(t *testing.T) {
					if timbre.KindOf(err) != timbre.NotFound {
						t.Errorf("%s after %s: got %v, want NotFound", name, want, err)
					}
				})
			}
		})
	}
}

// What a call costs, and how long it is said to have lasted, are no matter of the wall clock.
func TestACallLastsAsLongAsItLasts(t *testing.T) {
	for _, jump := range []time.Duration{0, 3 * time.Hour, -6 * time.Hour} {
		began := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
		now, steady := began, time.Unix(0, 0)
		d := &fakeStore{}
		r := New(environment.Environment{Now: func() time.Time { return now }, Steady: func() time.Time { return steady }}, Deps{d, d})
		txid, _ := begin(t, r)
		now, steady = now.Add(time.Minute+jump), steady.Add(time.Minute)
		if err := r.End(t.Context(), txid, ""); err != nil {
			t.Fatal(err)
		}
		if got := d.calls[1].Lasted; got != time.Minute {
			t.Errorf("the clock was set by %v: got a call of %v, want one of %v", jump, got, time.Minute)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestEndThatCannotBeSavedIsRetriedByShut(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	e := tapped(t, r, txid, 0)
	d.fail = errors.New("disk full")
	if err := r.End(t.Context(), txid, ""); !errors.Is(err, d.fail) {
		t.Error(err)
	}
	if _, ok := r.Call(txid); ok || e.ends != 1 || len(r.Live()) != 0 {
		t.Errorf("got live %t and %d ends, want false and 1", ok, e.ends)
	}
	ended := r.calls[txid].call.Ended
	d.fail = nil
	if err := r.Shut(t.Context(), "stopping"); err != nil {
		t.Error(err)
	}
	if c := d.calls[1]; !c.Ended.Equal(ended) || c.Failure != "" || e.ends != 1 || len(r.calls) != 0 {
		t.Errorf("got call %+v", c)
	}
	if n := testutil.ToFloat64(r.metrics.ended.WithLabelValues("hangup")); n != 1 {
		t.Errorf("got %v hang-ups counted, want 1", n)
	}
}

func TestEndSurvivesACancelledContext(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := r.End(ctx, txid, ""); err != nil || len(d.calls) != 2 {
		t.Errorf("got %v and %d saves, want no error and 2", err, len(d.calls))
	}
}

func TestShutEndsAllCalls(t *testing.T) {
	r, d := registry()
	first, _ := begin(t, r)
	begin(t, r)
	e := tapped(t, r, first, 0)
	if err := r.Shut(t.Context(), "the server is stopping"); err != nil {
		t.Fatal(err)
	}
	if len(r.Live()) != 0 || e.ends != 1 || d.calls[3].Failure != "the server is stopping" {
		t.Errorf("got %d live calls, %d ends and %+v", len(r.Live()), e.ends, d.calls[3])
	}
	if _, _, err := r.Begin(t.Context(), twoLegs()); timbre.KindOf(err) != timbre.Unavailable {
		t.Errorf("Begin after Shut: got %v, want Unavailable", err)
	}
	if n := testutil.ToFloat64(r.metrics.ended.WithLabelValues("shutdown")); n != 2 {
		t.Errorf("got %v shutdowns counted, want 2", n)
	}
}
