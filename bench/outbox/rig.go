package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/notify"
	"timbre/store"
	"timbre/store/sqlite"
	"timbre/vault"
)

const (
	// timeout of an attempt: short, so that the end does not wait long for those that hang.
	timeout = 5 * time.Second
	// between two events to the target that works: a busy server's.
	apart = 5 * time.Millisecond
	// batch is how many notices a transaction adds.
	batch = 1000
)

var payload = make([]byte, 700) // that of an event with a few matches

func target(name string) string { return "arn:timbre:webhook:us-east-1:000000000000:" + name }

type send func(ctx context.Context, n timbre.Notice) error

func (f send) Send(ctx context.Context, n timbre.Notice) error { return f(ctx, n) }

// rig is an outbox in a database, and what delivers it.
type rig struct {
	folder     string
	store      *sqlite.Store
	dispatcher *notify.Dispatcher
	stop       func()
}

func open(ctx context.Context, folder string, to send) (*rig, error) {
	folder, err := os.MkdirTemp(folder, "timbre-outbox-")
	if err != nil {
		return nil, err
	}
	keys, err := vault.Open(filepath.Join(folder, "key"))
	if err != nil {
		return nil, err
	}
	r := &rig{folder: folder}
	if r.store, err = sqlite.Open(ctx, filepath.Join(folder, "timbre.db"), keys, nil); err != nil {
		return nil, err
	}
	r.dispatcher = notify.New(environment.Environment{}, notify.Config{Timeout: timeout}, notify.Deps{Outbox: r.store, Sinks: notify.Sinks{"webhook": to}})
	r.store.Observe(store.Observers{Posted: func(targets []string) { r.dispatcher.Wake(targets...) }})
	ctx, cancel := context.WithCancel(ctx)
	stopped := make(chan struct{})
	go func() { defer close(stopped); r.dispatcher.Run(ctx) }()
	r.stop = func() { cancel(); <-stopped }
	return r, nil
}

func (r *rig) close() {
	r.stop()
	_ = errors.Join(r.store.Close(), os.RemoveAll(r.folder))
}

// fill adds notices, in so many lanes.
func (r *rig) fill(ctx context.Context, to string, n, lanes int) error {
	for from := 0; from < n; from += batch {
		var notices []timbre.Notice
		for i := from; i < min(from+batch, n); i++ {
			notices = append(notices, notice(fmt.Sprint("waits", i%lanes), to))
		}
		if err := r.store.Post(ctx, notices); err != nil {
			return err
		}
	}
	return nil
}

func notice(key, to string) timbre.Notice {
	return timbre.Notice{ID: key, Key: key, Target: to, Payload: payload, Created: time.Now()}
}

// events posts events to the target that works, each of a task of its own, and returns what one costs: to post, deliver and remove.
func (r *rig) events(ctx context.Context, n int) (cost time.Duration, err error) {
	tick := time.NewTicker(apart)
	defer tick.Stop()
	cpu := used()
	for i := range n {
		if err := r.store.Post(ctx, []timbre.Notice{notice(fmt.Sprint("event", i), target("works"))}); err != nil {
			return 0, err
		}
		<-tick.C
	}
	return (used() - cpu) / time.Duration(n), nil
}

// used is the processor time of this process.
func used() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // fails for bad arguments alone
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func micro(d time.Duration) time.Duration { return d.Round(10 * time.Microsecond) }

// delays are those of the events.
type delays struct {
	mu  sync.Mutex
	all []time.Duration
}

func (d *delays) add(one time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, one)
}

// at is a quantile.
func (d *delays) at(q float64) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	slices.Sort(d.all)
	return d.all[int(q*float64(len(d.all)-1))]
}
