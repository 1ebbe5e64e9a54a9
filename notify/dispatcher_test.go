package notify_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

const (
	hook  = "arn:timbre:webhook:us-east-1:000000000000:crm"
	other = "arn:timbre:webhook:us-east-1:000000000000:other"
)

func TestWakeDeliversInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{}
		d := dispatch(t, notify.Config{}, outbox, to)
		synctest.Wait()
		began := time.Now()
		outbox.Put(notice("a1", "a", hook), notice("a2", "a", hook), notice("a3", "a", hook))
		d.Wake()
		synctest.Wait()
		if got, want := to.ids(), []string{"a1", "a2", "a3"}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if !time.Now().Equal(began) {
			t.Errorf("got delivery after %v, want none", time.Since(began))
		}
		if outbox.Len() != 0 {
			t.Errorf("got %d notices left, want none", outbox.Len())
		}
	})
}

func TestSlowTargetLeavesWorkersForOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.Target == hook {
				<-time.After(20 * time.Second)
			}
			return nil
		}}
		for i := range 500 {
			outbox.Put(notice(fmt.Sprint("slow", i), fmt.Sprint(i), hook))
		}
		outbox.Put(notice("quick", "q", other))
		dispatch(t, notify.Config{Workers: 64, PerTarget: 3}, outbox, to)
		synctest.Wait()
		to.mu.Lock()
		defer to.mu.Unlock()
		if to.seen["quick"+other] != 1 || len(to.got) != 4 {
			t.Errorf("got %d attempts, %d of them quick; want 4 and 1", len(to.got), to.seen["quick"+other])
		}
	})
}

func TestRetryIsNotDelayedBySlowAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		to := &sink{answer: func(n timbre.Notice, try int) error {
			if n.Target == hook {
				<-time.After(29 * time.Second)
			} else if try == 1 {
				return errors.New("once")
			}
			return nil
		}}
		outbox.Put(notice("slow", "s", hook), notice("quick", "q", other))
		dispatch(t, notify.Config{}, outbox, to)
		pass(4 * time.Second)
		if got := to.seen["quick"+other]; got != 2 {
			t.Errorf("got %d attempts of quick, want 2", got)
		}
	})
}

func TestIdleDispatcherDoesNotPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { <-time.After(25 * time.Second); return nil }}
		outbox.Put(notice("a", "a", hook))
		dispatch(t, notify.Config{}, outbox, to)
		pass(24 * time.Hour)
		if outbox.Reads() > 25+24+3 { // once a second during the try, once an hour without work
			t.Errorf("got %d reads of the outbox, want at most 52", outbox.Reads())
		}
	})
}

func TestStopWaitsForAttemptsInProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { <-time.After(10 * time.Second); return nil }}
		outbox.Put(notice("a1", "a", hook), notice("a2", "a", hook))
		stop := running(notify.New(environment.Environment{}, notify.Config{}, deps(outbox, to)))
		synctest.Wait()
		began := time.Now()
		stop()
		if took := time.Since(began); took != 10*time.Second {
			t.Errorf("got a stop after %v, want 10s", took)
		}
		if outbox.Len() != 1 {
			t.Errorf("got %d notices left, want the one that was not begun", outbox.Len())
		}
	})
}

func TestDrainWaitsForDueNoticesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &sink{answer: func(n timbre.Notice, _ int) error {
			<-time.After(time.Second)
			if n.Target == other {
				return errors.New("refused")
			}
			return nil
		}}
		outbox := &notifytest.Outbox{}
		d := dispatch(t, notify.Config{MinBackoff: time.Hour, MaxBackoff: time.Hour}, outbox, slow)
		d.Drain(t.Context()) // of nothing
		outbox.Put(notice("a1", "a", hook), notice("a2", "a", hook), notice("b1", "b", other), notice("b2", "b", other))
		began := time.Now()
		d.Drain(t.Context())
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("got %v, want 2s", took)
		}
		if got := slow.ids(); len(got) != 3 || outbox.Len() != 2 {
			t.Errorf("got attempts of %v and %d left, want 3 and 2", got, outbox.Len())
		}
		outbox.Put(notice("c1", "c", hook))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		d.Drain(ctx)
		if outbox.Len() != 3 {
			t.Error("got a delivery after Drain was cancelled, want none")
		}
	})
}
