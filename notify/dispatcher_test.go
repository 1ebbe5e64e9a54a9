package notify_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/notify"
)

const (
	hook  = "arn:timbre:webhook:us-east-1:000000000000:crm"
	other = "arn:timbre:webhook:us-east-1:000000000000:other"
)

// sink answers as told, and remembers what it was sent and when.
type sink struct {
	answer func(n timbre.Notice, try int) error // nil: it takes everything

	mu   sync.Mutex
	got  []timbre.Notice
	at   []time.Time
	seen map[string]int
}

func (s *sink) Send(_ context.Context, n timbre.Notice) error {
	s.mu.Lock()
	if s.seen == nil {
		s.seen = map[string]int{}
	}
	s.got, s.at = append(s.got, n), append(s.at, time.Now())
	s.seen[n.ID+n.Target]++
	try := s.seen[n.ID+n.Target]
	s.mu.Unlock()
	if s.answer == nil {
		return nil
	}
	return s.answer(n, try)
}

func (s *sink) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := make([]string, 0, len(s.got))
	for _, n := range s.got {
		ids = append(ids, n.ID)
	}
	return ids
}

func notice(id, key, target string) timbre.Notice {
	return timbre.Notice{ID: id, Key: key, Target: target, Payload: []byte(`{"id":"` + id + `"}`), Created: time.Now()}
}

// running starts a dispatcher; the returned function stops it and returns when it has ended.
func running(d *notify.Dispatcher) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); d.Run(ctx) }()
	return func() { cancel(); <-ended }
}

// pass lets time pass.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestWakeDeliversAtOnceAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, to := &outbox{}, &sink{}
		d := notify.New(notify.Config{}, box, notify.Sinks{"webhook": to})
		defer running(d)()
		synctest.Wait()
		began := time.Now()
		box.put(notice("a1", "a", hook), notice("a2", "a", hook), notice("a3", "a", hook))
		d.Wake()
		synctest.Wait()
		if got, want := to.ids(), []string{"a1", "a2", "a3"}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if !time.Now().Equal(began) {
			t.Errorf("took %v", time.Since(began))
		}
		if box.size() != 0 {
			t.Errorf("%d notices are left", box.size())
		}
	})
}

func TestAFailedNoticeHoldsUpItsLaneAndNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &outbox{}
		to := &sink{answer: func(n timbre.Notice, try int) error {
			if n.ID == "a1" && n.Target == hook && try <= 3 {
				return errors.New("busy")
			}
			return nil
		}}
		box.put(notice("a1", "a", hook), notice("a2", "a", hook), notice("b1", "b", hook), notice("a1", "a", other))
		defer running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))()
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
			t.Errorf("other lanes got %v", rest)
		}
	})
}

func TestRetriesWaitWithinTheirBounds(t *testing.T) {
	for name, chance := range map[string]float64{"least": 0, "half": 0.5, "most": 0.999} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				box, to := &outbox{}, &sink{answer: func(timbre.Notice, int) error { return errors.New("down") }}
				box.put(notice("a", "a", hook))
				c := notify.Config{Rand: func() float64 { return chance }}
				defer running(notify.New(c, box, notify.Sinks{"webhook": to}))()
				pass(23 * time.Hour)
				double := 2 * time.Second
				for i := 1; i < len(to.at); i++ {
					wait := to.at[i].Sub(to.at[i-1])
					if low, high := max(time.Second, double/2), min(double, 5*time.Minute); wait < low || wait > high {
						t.Errorf("wait %d is %v, not within %v and %v", i, wait, low, high)
					}
					double = min(2*double, 5*time.Minute)
				}
				if len(to.at) < 23*12 {
					t.Errorf("%d tries in 23 hours", len(to.at))
				}
			})
		})
	}
}

func TestANoticeIsGivenUpAfterADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &outbox{}
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.ID == "dead" {
				return errors.New("404")
			}
			return nil
		}}
		box.put(notice("dead", "a", hook), notice("next", "a", hook))
		metrics := prometheus.NewRegistry()
		defer running(notify.New(notify.Config{Metrics: metrics}, box, notify.Sinks{"webhook": to}))()
		began := time.Now()
		pass(24*time.Hour - time.Second)
		if box.size() != 2 {
			t.Fatalf("%d notices are left before the day is over", box.size())
		}
		pass(2 * time.Second)
		if box.size() != 0 || to.got[len(to.got)-1].ID != "next" {
			t.Errorf("%d notices are left, the last try was for %s", box.size(), to.got[len(to.got)-1].ID)
		}
		if last := to.at[len(to.at)-2].Sub(began); last != 24*time.Hour {
			t.Errorf("the last try was after %v", last)
		}
		want := "# HELP timbre_notify_dropped_total Notices given up: expired after a day of tries, or no_sink for their target.\n" +
			"# TYPE timbre_notify_dropped_total counter\ntimbre_notify_dropped_total{kind=\"webhook\",reason=\"expired\"} 1\n"
		if err := testutil.GatherAndCompare(metrics, strings.NewReader(want), "timbre_notify_dropped_total"); err != nil {
			t.Error(err)
		}
	})
}

func TestATargetOfNoSinkIsDroppedAndHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, to := &outbox{}, &sink{}
		box.put(notice("a1", "a", "arn:aws:lambda:us-east-1:000000000000:function:f"), notice("a1", "a", hook), notice("a2", "a", "nonsense"))
		defer running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))()
		synctest.Wait()
		if box.size() != 0 || len(to.got) != 1 {
			t.Errorf("%d notices are left, %d were sent", box.size(), len(to.got))
		}
	})
}

func TestASlowTargetLeavesRoomForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &outbox{}
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.Target == hook {
				<-time.After(20 * time.Second)
			}
			return nil
		}}
		for i := range 500 {
			box.put(notice(fmt.Sprint("slow", i), fmt.Sprint(i), hook))
		}
		box.put(notice("quick", "q", other))
		d := notify.New(notify.Config{Workers: 8, PerTarget: 3}, box, notify.Sinks{"webhook": to})
		defer running(d)()
		synctest.Wait()
		to.mu.Lock()
		defer to.mu.Unlock()
		if to.seen["quick"+other] != 1 || len(to.got) != 4 {
			t.Errorf("after no time at all: %d tries, quick %d", len(to.got), to.seen["quick"+other])
		}
	})
}

func TestARetryIsNotHiddenByASlowTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &outbox{}
		to := &sink{answer: func(n timbre.Notice, try int) error {
			if n.Target == hook {
				<-time.After(29 * time.Second)
			} else if try == 1 {
				return errors.New("once")
			}
			return nil
		}}
		box.put(notice("slow", "s", hook), notice("quick", "q", other))
		defer running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))()
		pass(4 * time.Second)
		if got := to.seen["quick"+other]; got != 2 {
			t.Errorf("quick was tried %d times", got)
		}
	})
}

func TestAnIdleDispatcherDoesNotSpin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, to := &outbox{}, &sink{answer: func(timbre.Notice, int) error { <-time.After(25 * time.Second); return nil }}
		box.put(notice("a", "a", hook))
		defer running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))()
		pass(24 * time.Hour)
		if box.reads > 25+24+3 { // once a second during the try, once an hour without work
			t.Errorf("the outbox was read %d times", box.reads)
		}
	})
}

func TestStopWaitsForWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box, to := &outbox{}, &sink{answer: func(timbre.Notice, int) error { <-time.After(10 * time.Second); return nil }}
		box.put(notice("a1", "a", hook), notice("a2", "a", hook))
		stop := running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))
		synctest.Wait()
		began := time.Now()
		stop()
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("stopped after %v", took)
		}
		if box.size() != 1 {
			t.Errorf("%d notices are left", box.size())
		}
	})
}

func TestDrainWaitsForWhatIsDueAndForNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &sink{answer: func(n timbre.Notice, _ int) error {
			<-time.After(time.Second)
			if n.Target == other {
				return errors.New("refused")
			}
			return nil
		}}
		box := &outbox{}
		d := notify.New(notify.Config{Least: time.Hour, Most: time.Hour}, box, notify.Sinks{"webhook": slow})
		defer running(d)()
		d.Drain(t.Context()) // of nothing
		box.put(notice("a1", "a", hook), notice("a2", "a", hook), notice("b1", "b", other), notice("b2", "b", other))
		began := time.Now()
		d.Drain(t.Context())
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("it took %v", took)
		}
		if got := slow.ids(); len(got) != 3 || box.size() != 2 {
			t.Errorf("tried %v, %d left", got, box.size())
		}
		box.put(notice("c1", "c", hook))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		d.Drain(ctx)
		if box.size() != 3 {
			t.Error("a drain that was given up has waited")
		}
	})
}

func TestATryHasALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		box := &outbox{}
		var tries int
		to := sendFunc(func(ctx context.Context, _ timbre.Notice) error {
			if tries++; tries > 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		})
		box.put(notice("a", "a", hook))
		defer running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))()
		pass(33 * time.Second)
		if tries != 2 || box.size() != 0 {
			t.Errorf("%d tries, %d notices left", tries, box.size())
		}
	})
}

type sendFunc func(context.Context, timbre.Notice) error

func (f sendFunc) Send(ctx context.Context, n timbre.Notice) error { return f(ctx, n) }

func TestAFaultyOutboxIsTriedAgainAndNothingIsSentTwiceForIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := 0
		box, to := &outbox{}, &sink{}
		box.fault = func(string) error {
			if faults++; faults%3 != 0 {
				return errors.New("the disk is full")
			}
			return nil
		}
		box.put(notice("a1", "a", hook), notice("a2", "a", hook))
		defer running(notify.New(notify.Config{}, box, notify.Sinks{"webhook": to}))()
		pass(time.Hour)
		if want := []string{"a1", "a2"}; !reflect.DeepEqual(to.ids(), want) {
			t.Errorf("got %v, want %v", to.ids(), want)
		}
	})
}

// Whatever fails, and however often the dispatcher is stopped, every notice arrives, in order within its lane, and every
// repetition is equal to the first.
func TestEveryNoticeArrivesInOrderWhateverFails(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 1))
				var mu sync.Mutex
				float := func() float64 { mu.Lock(); defer mu.Unlock(); return chance.Float64() }
				box := &outbox{fault: func(string) error {
					if float() < 0.1 {
						return errors.New("fault")
					}
					return nil
				}}
				to := &sink{answer: func(timbre.Notice, int) error {
					<-time.After(time.Duration(float() * float() * float64(40*time.Second)))
					if float() < 0.4 {
						return errors.New("no")
					}
					return nil
				}}
				sent := map[string]timbre.Notice{}
				c := notify.Config{Rand: float, Workers: 1 + int(seed%7), PerTarget: 1 + int(seed%3)}
				for start := range 6 {
					d := notify.New(c, box, notify.Sinks{"webhook": to})
					stop := running(d)
					for i := range 10 {
						key, target := fmt.Sprint(int(3*float())), []string{hook, other}[int(2*float())]
						n := notice(fmt.Sprintf("%02d-%02d", start, i), key, target)
						sent[n.ID] = n
						box.put(n)
						d.Wake()
						pass(time.Duration(float() * float64(3*time.Second)))
					}
					stop()
				}
				stop := running(notify.New(c, box, notify.Sinks{"webhook": to}))
				pass(12 * time.Hour)
				stop()
				if box.size() != 0 {
					t.Errorf("%d notices are left", box.size())
				}
				last, arrived := map[string]string{}, map[string]bool{}
				for _, n := range to.got {
					if !reflect.DeepEqual(n, sent[n.ID]) {
						t.Errorf("%s changed: %+v", n.ID, n)
					}
					lane := n.Key + n.Target
					if n.ID < last[lane] {
						t.Errorf("%s came after %s", n.ID, last[lane])
					}
					last[lane], arrived[n.ID] = n.ID, true
				}
				if len(arrived) != len(sent) {
					t.Errorf("%d of %d arrived", len(arrived), len(sent))
				}
			})
		})
	}
}
