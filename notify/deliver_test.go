package notify_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

func TestFailedNoticeBlocksItsLaneAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		to := &sink{answer: func(n timbre.Notice, try int) error {
			if n.ID == "a1" && n.Target == hook && try <= 3 {
				return errors.New("busy")
			}
			return nil
		}}
		outbox.Put(notice("a1", "a", hook), notice("a2", "a", hook), notice("b1", "b", hook), notice("a1", "a", other))
		dispatch(t, notify.Config{}, outbox, to)
		pass(time.Minute)
		var lane, rest []string
		for _, n := range to.got {
			if n.Key == "a" && n.Target == hook {
				lane = append(lane, n.ID)
			} else {
				rest = append(rest, n.ID)
			}
		}
		if want := []string{"a1", "a1", "a1", "a1", "a2"}; !reflect.DeepEqual(lane, want) {
			t.Errorf("got %v, want %v", lane, want)
		}
		if len(rest) != 2 {
			t.Errorf("other lanes: got %v, want 2 notices", rest)
		}
	})
}

func TestBackoffStaysWithinBounds(t *testing.T) {
	for name, chance := range map[string]float64{"least": 0, "half": 0.5, "most": 0.999} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { return errors.New("down") }}
				outbox.Put(notice("a", "a", hook))
				env := environment.Environment{Random: func() float64 { return chance }}
				defer running(notify.New(env, notify.Config{}, deps(outbox, to)))()
				pass(23 * time.Hour)
				double := 2 * time.Second
				for i := 1; i < len(to.at); i++ {
					wait := to.at[i].Sub(to.at[i-1])
					if low, high := max(time.Second, double/2), min(double, 5*time.Minute); wait < low || wait > high {
						t.Errorf("wait %d: got %v, want %v to %v", i, wait, low, high)
					}
					double = min(2*double, 5*time.Minute)
				}
				if len(to.at) < 23*12 {
					t.Errorf("got %d attempts in 23 hours, want at least 276", len(to.at))
				}
			})
		})
	}
}

func TestNoticeExpiresAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.ID == "dead" {
				return errors.New("404")
			}
			return nil
		}}
		outbox.Put(notice("dead", "a", hook), notice("next", "a", hook))
		metrics := prometheus.NewRegistry()
		defer running(notify.New(environment.Environment{Metrics: metrics}, notify.Config{}, deps(outbox, to)))()
		began := time.Now()
		pass(24*time.Hour - time.Second)
		if outbox.Len() != 2 {
			t.Fatalf("got %d notices before the day is over, want 2", outbox.Len())
		}
		pass(2 * time.Second)
		if outbox.Len() != 0 || to.got[len(to.got)-1].ID != "next" {
			t.Errorf("got %d notices left and the last attempt for %s, want none and next", outbox.Len(), to.got[len(to.got)-1].ID)
		}
		if last := to.at[len(to.at)-2].Sub(began); last != 24*time.Hour {
			t.Errorf("got the last attempt after %v, want 24h", last)
		}
		want := "# HELP timbre_notify_dead_total Notices that became dead letters: expired, refused, gone (their target wants none), or no_sink for their target.\n" +
			"# TYPE timbre_notify_dead_total counter\ntimbre_notify_dead_total{kind=\"webhook\",reason=\"expired\"} 1\n"
		if err := testutil.GatherAndCompare(metrics, strings.NewReader(want), "timbre_notify_dead_total"); err != nil {
			t.Error(err)
		}
		if dead := outbox.Dead(); len(dead) != 1 || dead[0].ID != "dead" || dead[0].Death.Cause != timbre.CauseExpired || dead[0].Death.Error != "404" {
			t.Errorf("got dead letters %+v, want the expired one with its last error", dead)
		}
	})
}

func TestNoticesWithoutSinkBecomeDeadLetters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{}
		outbox.Put(notice("a1", "a", "arn:aws:lambda:us-east-1:000000000000:function:f"), notice("a1", "a", hook), notice("a2", "a", "nonsense"))
		dispatch(t, notify.Config{}, outbox, to)
		synctest.Wait()
		if outbox.Len() != 0 || len(to.got) != 1 || len(outbox.Dead()) != 2 {
			t.Errorf("got %d notices left, %d sent and %d dead letters, want 0, 1 and 2", outbox.Len(), len(to.got), len(outbox.Dead()))
		}
	})
}

func TestAttemptTimesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		var tries int
		to := sendFunc(func(ctx context.Context, _ timbre.Notice) error {
			if tries++; tries > 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		outbox.Put(notice("a", "a", hook))
		dispatch(t, notify.Config{}, outbox, to)
		pass(33 * time.Second)
		if tries != 2 || outbox.Len() != 0 {
			t.Errorf("got %d attempts and %d notices left, want 2 and 0", tries, outbox.Len())
		}
	})
}

type sendFunc func(context.Context, timbre.Notice) error

func (f sendFunc) Send(ctx context.Context, n timbre.Notice) error { return f(ctx, n) }

func TestOutboxErrorsAreRetriedWithoutSendingTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		chance := rand.New(rand.NewPCG(1, 2))
		outbox, to := &notifytest.Outbox{}, &sink{}
		outbox.Fault = func(string) error {
			if chance.IntN(3) > 0 {
				return errors.New("the disk is full")
			}
			return nil
		}
		outbox.Put(notice("a1", "a", hook), notice("a2", "a", hook))
		dispatch(t, notify.Config{}, outbox, to)
		pass(time.Hour)
		if want := []string{"a1", "a2"}; !reflect.DeepEqual(to.ids(), want) {
			t.Errorf("got %v, want %v", to.ids(), want)
		}
	})
}
