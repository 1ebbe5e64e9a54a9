package notify_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/notify/notifytest"
)

// Whatever fails, and however often the dispatcher is restarted, every notice arrives, in order within its lane, and each
// repetition equals the first.
func TestEveryNoticeArrivesInOrderWhateverFails(t *testing.T) {
	for seed := range uint64(40) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 1))
				var mu sync.Mutex
				float := func() float64 { mu.Lock(); defer mu.Unlock(); return chance.Float64() }
				outbox := &notifytest.Outbox{Fault: func(string) error {
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
				env := environment.Environment{Random: float}
				cfg := notify.Config{Workers: 1 + int(seed%7), PerTarget: 1 + int(seed%3)}
				for start := range 6 {
					d := notify.New(env, cfg, deps(outbox, to))
					stop := running(d)
					for i := range 10 {
						key, target := fmt.Sprint(int(3*float())), []string{hook, other}[int(2*float())]
						n := notice(fmt.Sprintf("%02d-%02d", start, i), key, target)
						sent[n.ID] = n
						outbox.Put(n)
						d.Wake()
						pass(time.Duration(float() * float64(3*time.Second)))
					}
					stop()
				}
				stop := running(notify.New(env, cfg, deps(outbox, to)))
				pass(12 * time.Hour)
				stop()
				if outbox.Len() != 0 {
					t.Errorf("got %d notices left, want none", outbox.Len())
				}
				last, arrived := map[string]string{}, map[string]bool{}
				for _, n := range to.got {
					if !reflect.DeepEqual(n, sent[n.ID]) {
						t.Errorf("got %+v for %s, want the notice unchanged", n, n.ID)
					}
					lane := n.Key + n.Target
					if n.ID < last[lane] {
						t.Errorf("got %s after %s, want order", n.ID, last[lane])
					}
					last[lane], arrived[n.ID] = n.ID, true
				}
				if len(arrived) != len(sent) {
					t.Errorf("got %d notices, want %d", len(arrived), len(sent))
				}
			})
		})
	}
}
