package notify_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/notify"
	"timbre/notify/notifytest"
)

// Notices that their target cannot take, but does not refuse either, hold up no others of that target: whether each fails at once or hangs,
// and whether they are too few to open the breaker or keep it open.
func TestPoisonDelaysNoNewNotice(t *testing.T) {
	for _, lanes := range []int{1, 2, 3, 10} {
		for _, hangs := range []time.Duration{0, 30 * time.Second} {
			t.Run(fmt.Sprint(lanes, " lanes that take ", hangs), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					outbox := &notifytest.Outbox{}
					var late []time.Duration
					to := sendFunc(func(_ context.Context, n timbre.Notice) error {
						if n.ID == "poison" {
							<-time.After(hangs)
							return errors.New("500")
						}
						late = append(late, time.Since(n.Created))
						return nil
					})
					for i := range lanes {
						outbox.Put(notice("poison", fmt.Sprint("p", i), hook))
					}
					d := dispatch(t, notify.Config{}, outbox, to)
					pass(20 * time.Minute)
					for i := range 100 { // a quiet target: nothing between two notices but failures
						pass(83 * time.Second)
						id := fmt.Sprint("good", i)
						outbox.Put(notice(id, id, hook))
						d.Wake(hook)
						synctest.Wait()
					}
					if len(late) != 100 || slices.Max(late) > 0 {
						t.Errorf("got %d of 100 notices at once, the latest after %v; want all", len(late), slices.Max(append(late, 0)))
					}
				})
			})
		}
	}
}
