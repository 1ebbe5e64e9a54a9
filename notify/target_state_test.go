package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

func hookNamed(name string) string { return "arn:timbre:webhook:us-east-1:000000000000:" + name }

func TestHungTargetsDelayNoOther(t *testing.T) {
	for _, hung := range []int{0, 16, 100, 3000} {
		t.Run(fmt.Sprint(hung), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outbox := &notifytest.Outbox{}
				var late []time.Duration
				to := sendFunc(func(ctx context.Context, n timbre.Notice) error {
					if n.Target != hook {
						<-ctx.Done()
						return ctx.Err()
					}
					late = append(late, time.Since(n.Created))
					return nil
				})
				outbox.Put(notice("first", "first", hook))
				d := dispatch(t, notify.Config{}, outbox, to)
				synctest.Wait()
				for i := range min(3*hung, 3000) {
					outbox.Put(notice(fmt.Sprint("bad", i), fmt.Sprint(i), hookNamed(fmt.Sprint("hung", i%hung))))
				}
				d.Wake()
				for i := range 120 {
					pass(time.Second)
					outbox.Put(notice(fmt.Sprint("good", i), fmt.Sprint(i), hook))
					d.Wake(hook)
				}
				synctest.Wait()
				if len(late) != 121 || slices.Max(late) > 0 {
					t.Errorf("got %d deliveries, the latest after %v, want 121 at once", len(late), slices.Max(late))
				}
			})
		})
	}
}

func TestDeadTargetIsProbedNotTriedLaneByLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { return errors.New("refused the connection") }}
		for i := range 2000 {
			outbox.Put(notice(fmt.Sprint("n", i), fmt.Sprint(i), hook))
		}
		dispatch(t, notify.Config{}, outbox, to)
		pass(10 * time.Minute)
		if n := len(to.ids()); n < 20 || n > 60 {
			t.Errorf("got %d attempts in 10 minutes, want one every 15 to 30 seconds", n)
		}
		to.mu.Lock()
		to.answer = nil
		to.mu.Unlock()
		pass(31 * time.Second)
		if outbox.Len() > 100 { // a few wait for their own retry
			t.Errorf("got %d notices left half a minute after the target works again, want almost none", outbox.Len())
		}
		pass(5 * time.Minute)
		if outbox.Len() > 0 {
			t.Errorf("got %d notices left, want none", outbox.Len())
		}
	})
}

func TestRetryAfterIsObeyedUpToAnHour(t *testing.T) {
	for after, want := range map[time.Duration]time.Duration{7 * time.Minute: 7 * time.Minute, 48 * time.Hour: time.Hour} {
		t.Run(after.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outbox := &notifytest.Outbox{}
				to := &sink{answer: func(n timbre.Notice, _ int) error {
					return &notify.Failure{After: after, Err: errors.New("429")}
				}}
				outbox.Put(notice("a", "a", hook), notice("b", "b", hook))
				d := dispatch(t, notify.Config{PerTarget: 1}, outbox, to)
				pass(want - time.Second)
				outbox.Put(notice("c", "c", hook))
				d.Wake(hook)
				synctest.Wait()
				if len(to.ids()) != 1 {
					t.Errorf("got %v before the time, want one attempt", to.ids())
				}
				pass(2 * time.Second)
				if len(to.ids()) != 2 {
					t.Errorf("got %v after it, want one more", to.ids())
				}
			})
		})
	}
}

func TestGoneTargetIsDisabledUntilAnOperatorRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		gone := true
		to := &sink{answer: func(timbre.Notice, int) error {
			if gone {
				return &notify.Failure{Kind: notify.Gone, Err: errors.New("410")}
			}
			return nil
		}}
		for i := range 600 {
			outbox.Put(notice(fmt.Sprint(i), fmt.Sprint(i), hook))
		}
		d := dispatch(t, notify.Config{PerTarget: 1}, outbox, to)
		synctest.Wait()
		outbox.Put(notice("later", "later", hook))
		d.Wake(hook)
		synctest.Wait()
		if len(to.ids()) != 1 || outbox.Len() != 0 || len(outbox.Dead()) != 601 {
			t.Fatalf("got %d attempts, %d waiting and %d dead letters, want 1, 0 and 601", len(to.ids()), outbox.Len(), len(outbox.Dead()))
		}
		if l := outbox.Dead()[600]; l.Death.Cause != timbre.CauseGone || l.Death.Error != "410" {
			t.Errorf("got %+v, want gone with the answer of the target", l.Death)
		}
		for i, targets := range [][]string{{hook}, nil} { // nil: all, also those for which nothing waits
			gone = false
			d.Retry(targets...)
			synctest.Wait()
			again := fmt.Sprint("again", i)
			outbox.Put(notice(again, again, hook))
			d.Wake(hook)
			synctest.Wait()
			if got := to.ids(); got[len(got)-1] != again {
				t.Errorf("got %v, want %s delivered", got, again)
			}
			gone = true
			outbox.Put(notice("end", "end", hook))
			d.Wake(hook)
			synctest.Wait()
		}
	})
}

func TestRefusedNoticeBecomesADeadLetterAfterSomeTries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.ID == "bad" {
				return &notify.Failure{Kind: notify.Refused, Err: errors.New("400")}
			}
			return nil
		}}
		outbox.Put(notice("bad", "a", hook), notice("next", "a", hook), notice("other", "b", hook))
		dispatch(t, notify.Config{Refusals: 3}, outbox, to)
		pass(10 * time.Second)
		if to.seen["bad"+hook] != 3 || to.seen["next"+hook] != 1 || len(outbox.Dead()) != 1 || outbox.Dead()[0].Tries != 3 {
			t.Errorf("got attempts %v and dead letters %+v, want three at bad, then next", to.ids(), outbox.Dead())
		}
	})
}

// A clock that jumps neither delays, nor expires, nor hastens anything much.
func TestClockThatJumpsChangesNothing(t *testing.T) {
	for _, jump := range []time.Duration{-48 * time.Hour, -5 * time.Hour, -30 * time.Minute, 5 * time.Hour, 48 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outbox := &notifytest.Outbox{}
				offset := time.Duration(0)
				env := environment.Environment{Now: func() time.Time { return time.Now().Add(offset) }}
				to := &sink{answer: func(n timbre.Notice, try int) error {
					if n.ID == "old" && try < 8 {
						return errors.New("busy")
					}
					return nil
				}}
				outbox.Put(notice("old", "old", hook))
				d := notify.New(env, notify.Config{}, deps(outbox, to))
				stop := running(d)
				pass(40 * time.Second)
				offset = jump
				young := notice("young", "young", hook)
				young.Created = time.Now().Add(2 * jump)
				outbox.Put(young)
				d.Wake(hook)
				synctest.Wait()
				if to.seen["young"+hook] != 1 {
					t.Error("got no attempt at a new notice after the jump, want one at once")
				}
				stop() // and a start after it, which knows of no monotonic time
				defer running(notify.New(env, notify.Config{}, deps(outbox, to)))()
				pass(20 * time.Minute)
				if outbox.Len() != 0 || len(outbox.Dead()) != 0 {
					t.Errorf("got %d waiting and %d dead letters after %d attempts, want all delivered", outbox.Len(), len(outbox.Dead()), len(to.ids()))
				}
			})
		})
	}
}

func TestFirstTriesGoBeforeRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		var mu sync.Mutex
		var order []string
		to := sendFunc(func(_ context.Context, n timbre.Notice) error {
			<-time.After(100 * time.Millisecond)
			mu.Lock()
			order = append(order, n.ID)
			mu.Unlock()
			if n.ID[0] == 'p' {
				return errors.New("500")
			}
			return nil
		})
		for i := range 2 {
			outbox.Put(notice(fmt.Sprint("poison", i), fmt.Sprint("p", i), hook))
		}
		d := dispatch(t, notify.Config{PerTarget: 2}, outbox, to)
		pass(time.Minute)
		for i := range 100 {
			outbox.Put(notice(fmt.Sprint("fresh", i), fmt.Sprint("f", i), hook))
		}
		mu.Lock()
		order = nil
		mu.Unlock()
		d.Wake(hook)
		pass(9 * time.Second)
		mu.Lock()
		defer mu.Unlock()
		fresh, retries := 0, 0
		for _, id := range order {
			if id[0] == 'f' {
				fresh++
			} else {
				retries++
			}
		}
		if fresh < 60 {
			t.Errorf("got %d first tries and %d retries in 9 s, want most of the turns for first tries", fresh, retries)
		}
	})
}

func TestAllNoticesOfADeadTargetExpireTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { return errors.New("down") }}
		for i := range 2000 {
			outbox.Put(notice(fmt.Sprint(i), fmt.Sprint(i), hook))
		}
		d := dispatch(t, notify.Config{MaxAge: 2 * time.Hour}, outbox, to)
		pass(time.Hour)
		outbox.Put(notice("young", "young", hook))
		d.Wake(hook)
		pass(50 * time.Minute)
		if len(outbox.Dead()) != 0 {
			t.Errorf("got %d dead letters before the time, want none", len(outbox.Dead()))
		}
		pass(15 * time.Minute)
		if outbox.Len() != 1 || len(outbox.Dead()) != 2000 {
			t.Errorf("got %d waiting and %d dead letters, want the young one and 2000", outbox.Len(), len(outbox.Dead()))
		}
	})
}

type batcher struct {
	sink
	batches []int
}

func (b *batcher) Batch() (int, int) { return 10, 200 }

func (b *batcher) SendBatch(ctx context.Context, notices []timbre.Notice) []error {
	<-time.After(10 * time.Millisecond)
	b.batches = append(b.batches, len(notices))
	errs := make([]error, len(notices))
	for i, n := range notices {
		errs[i] = b.Send(ctx, n)
	}
	return errs
}

func TestBatcherGetsBatchesOfLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		to := &batcher{sink: sink{answer: func(n timbre.Notice, try int) error {
			if n.ID == "k7-0" && try == 1 {
				return errors.New("throttled")
			}
			return nil
		}}}
		for i := range 3 {
			for k := range 25 {
				outbox.Put(notice(fmt.Sprintf("k%d-%d", k, i), fmt.Sprint(k), hook))
			}
		}
		dispatch(t, notify.Config{PerTarget: 1}, outbox, to)
		pass(5 * time.Second)
		if outbox.Len() != 0 || slices.Max(to.batches) != 10 {
			t.Errorf("got %d left and batches of %v, want none left and batches of up to 10", outbox.Len(), to.batches)
		}
		last := map[string]string{}
		for _, n := range to.got {
			if n.ID < last[n.Key] {
				t.Errorf("got %s after %s, want order", n.ID, last[n.Key])
			}
			last[n.Key] = n.ID
		}
	})
}

func TestOutboxStaysWithinItsBound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { return errors.New("down") }}
		d := dispatch(t, notify.Config{Disk: 300}, outbox, to)
		for i := range 60 {
			n := notice(fmt.Sprint(i), fmt.Sprint(i), hook)
			n.Payload, n.Yield = make([]byte, 10), timbre.Yield(i%3)
			outbox.Put(n)
		}
		pass(2 * time.Second) // the size is looked at once a second
		d.Wake(hook)
		synctest.Wait()
		if outbox.Len() != 30 {
			t.Errorf("got %d notices, want the 30 that fit", outbox.Len())
		}
		outbox.Put(notice("x", "x", hook))
	})
}

// slowDisk is an outbox whose commits take time.
type slowDisk struct{ notifytest.Outbox }

func (o *slowDisk) Settle(ctx context.Context, outcomes []timbre.Outcome) error {
	<-time.After(5 * time.Millisecond)
	return o.Outbox.Settle(ctx, outcomes)
}

func TestResultsAreWrittenInGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &slowDisk{}, &sink{}
		for i := range 3000 {
			outbox.Put(notice(fmt.Sprint(i), fmt.Sprint(i), hook))
		}
		began := time.Now()
		d := dispatch(t, notify.Config{}, outbox, to)
		d.Drain(t.Context())
		if took := time.Since(began); took > time.Second || outbox.Settles() > 200 {
			t.Errorf("got %d commits in %v for 3000 notices, want groups", outbox.Settles(), took)
		}
	})
}
