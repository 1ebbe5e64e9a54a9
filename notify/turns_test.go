package notify_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
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

// Targets that always have something to send have about the same number of turns, however many they are and however few attempts there can be.
func TestTurnsAreFair(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 2))
				targets := 2 + chance.IntN(30)
				cfg := notify.Config{Workers: 1 + chance.IntN(40), PerTarget: 1 + chance.IntN(4)}
				outbox, to := &notifytest.Outbox{}, &tallied{takes: func(timbre.Notice) time.Duration { return 100 * time.Millisecond }}
				for lane := range 400 {
					for i := range targets {
						outbox.Put(notice(fmt.Sprint(i, "-", lane), fmt.Sprint(lane), hookNamed(fmt.Sprint(i))))
					}
				}
				stop := running(notify.New(environment.Environment{}, cfg, deps(outbox, to)))
				pass(9 * time.Second)
				counts := slices.Collect(maps.Values(to.counts()))
				most, least := slices.Max(counts), slices.Min(counts)
				if len(counts) != targets || most-least > 2*cfg.PerTarget+most/5 {
					t.Errorf("%d targets with %+v: got turns %v, want about the same number for each", targets, cfg, counts)
				}
				stop()
			})
		})
	}
}

// While both are due, retries have a part of the attempts at a target, and first tries most of them.
func TestRetriesHaveTheirShare(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 3))
				outbox := &notifytest.Outbox{}
				var mu sync.Mutex
				to := &tallied{
					by: func(n timbre.Notice) string { return n.Role },
					takes: func(timbre.Notice) time.Duration {
						mu.Lock()
						defer mu.Unlock()
						return time.Duration(50+chance.IntN(100)) * time.Millisecond
					},
					answer: func(n timbre.Notice) error {
						if n.Role == "poison" {
							return errors.New("500")
						}
						return nil
					},
				}
				put := func(role string, n int) {
					for i := range n {
						one := notice(fmt.Sprint(role, i), fmt.Sprint(role, i), hook)
						one.Role = role
						outbox.Put(one)
					}
				}
				put("poison", 60)
				cfg := notify.Config{PerTarget: 1 + chance.IntN(8), MinBackoff: time.Second, MaxBackoff: time.Second}
				d := notify.New(environment.Environment{}, cfg, deps(outbox, to))
				stop := running(d)
				pass(5 * time.Minute) // all poison has been tried
				to.forget()
				put("fresh", 5000)
				d.Wake(hook)
				pass(20 * time.Second)
				got := to.counts()
				if all := got["fresh"] + got["poison"]; got["poison"] < all/20 || got["poison"] > all*2/5 {
					t.Errorf("%+v: got attempts %v, want a part of them retries, fewer than first tries", cfg, got)
				}
				stop()
			})
		})
	}
}

// A target that is down is asked by two attempts a probe at most, whatever comes for it.
func TestDeadTargetIsLeftAloneWhateverComes(t *testing.T) {
	for seed := range uint64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 4))
				outbox, to := &notifytest.Outbox{}, &sink{answer: func(timbre.Notice, int) error { return errors.New("down") }}
				d := notify.New(environment.Environment{}, notify.Config{}, deps(outbox, to))
				stop := running(d)
				for i := range 1000 {
					id := fmt.Sprint(i)
					outbox.Put(notice(id, id, hook))
					d.Wake(hook)
					pass(time.Duration(chance.ExpFloat64() * float64(5*time.Second)))
					if i == 100 {
						to.mu.Lock()
						to.got = nil // the first waits are short
						to.at = nil
						to.mu.Unlock()
					}
				}
				stop()
				for i, at := range to.at {
					if i >= 4 && at.Sub(to.at[i-4]) < 30*time.Second {
						t.Errorf("got 5 attempts within %v, want at most 2 for each wait of 15 to 30 s", at.Sub(to.at[i-4]))
					}
				}
			})
		})
	}
}

// After a start no target has proved that it works. One that does is found at once, beside many that hang with much to send.
func TestHungTargetsDelayNoOtherAfterAStart(t *testing.T) {
	for _, hung := range []int{16, 200, 700} {
		t.Run(fmt.Sprint(hung), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				outbox := &notifytest.Outbox{}
				var mu sync.Mutex
				var late []time.Duration
				to := sendFunc(func(ctx context.Context, n timbre.Notice) error {
					if n.Target != hook {
						<-ctx.Done()
						return ctx.Err()
					}
					mu.Lock()
					defer mu.Unlock()
					late = append(late, time.Since(n.Created))
					return nil
				})
				for i := range 5 * hung {
					outbox.Put(notice(fmt.Sprint("bad", i), fmt.Sprint(i), hookNamed(fmt.Sprint("hung", i%hung))))
				}
				d := notify.New(environment.Environment{}, notify.Config{}, deps(outbox, to))
				stop := running(d)
				pass(time.Second)
				for i := range 40 {
					outbox.Put(notice(fmt.Sprint("good", i), fmt.Sprint(i), hook))
					d.Wake(hook)
					pass(2 * time.Second)
				}
				stop()
				if len(late) != 40 || slices.Max(late) > 0 {
					t.Errorf("got %d deliveries, the latest after %v, want 40 at once", len(late), slices.Max(append(late, 0)))
				}
			})
		})
	}
}

// tallied is a Sink that counts its attempts: by target, or as by says.
type tallied struct {
	takes  func(timbre.Notice) time.Duration
	answer func(timbre.Notice) error
	by     func(timbre.Notice) string

	mu  sync.Mutex
	got map[string]int
}

func (s *tallied) Send(_ context.Context, n timbre.Notice) error {
	key := n.Target
	if s.by != nil {
		key = s.by(n)
	}
	s.mu.Lock()
	if s.got == nil {
		s.got = map[string]int{}
	}
	s.got[key]++
	s.mu.Unlock()
	<-time.After(s.takes(n))
	if s.answer == nil {
		return nil
	}
	return s.answer(n)
}

func (s *tallied) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.got)
}

func (s *tallied) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = nil
}
