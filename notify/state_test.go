package notify_test

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

func TestStatesTellWhichTargetsFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outbox := &notifytest.Outbox{}
		var answer atomic.Pointer[error]
		say := func(err error) { answer.Store(&err) }
		say(errors.New("refused the connection"))
		to := &sink{answer: func(n timbre.Notice, _ int) error {
			if n.Target == other {
				return nil
			}
			return *answer.Load()
		}}
		outbox.Put(notice("a", "a", hook), notice("b", "b", hook), notice("c", "c", hook), notice("d", "d", other))
		var offset atomic.Int64
		env := environment.Environment{Now: func() time.Time { return time.Now().Add(time.Duration(offset.Load())) }}
		d := notify.New(env, notify.Config{}, deps(outbox, to))
		defer running(d)()
		pass(20 * time.Second)
		offset.Store(int64(48 * time.Hour)) // a clock that jumps moves the time of the probe with it
		list := d.States()
		if s := list[hook]; len(list) != 1 || s.Delivery != timbre.DeliveryWaits || s.Failures < 4 || s.Error != "refused the connection" {
			t.Fatalf("got %+v, want the target that fails alone", list)
		}
		if wait := list[hook].Next.Sub(env.Now()); wait <= 0 || wait > 30*time.Second {
			t.Errorf("got a probe in %v, want one within 30 s", wait)
		}
		say(&notify.Failure{Kind: notify.Gone, Err: errors.New("410")})
		pass(31 * time.Second)
		if s := d.States()[hook]; s.Delivery != timbre.DeliveryEnded || !s.Next.IsZero() || s.Error != "410" {
			t.Errorf("got %+v, want it disabled", s)
		}
		say(nil)
		d.Retry(hook)
		synctest.Wait()
		if list := d.States(); len(list) != 0 {
			t.Errorf("got %+v, want none after a retry", list)
		}
	})
}
