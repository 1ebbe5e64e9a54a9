package trial

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"timbre/bench/server"
)

// calmly is how long calls run before and after a fault.
const calmly = 5 * time.Second

// scenario is a fault that a server with calls must endure.
type scenario struct {
	queue int // events that wait for targets which do not answer until the fault ends
	names []string
	fault func(ctx context.Context, t *trial, s *server.Process) error // begins and ends it
}

// Scenarios are the names of the faults.
var Scenarios = []string{"hung", "lanes", "disk", "clock", "descriptors", "pause"}

var scenarios = map[string]scenario{
	"hung":        {2000, hung, beside},
	"lanes":       {10000, []string{"flapping"}, beside},
	"disk":        {fault: fillDisk},
	"clock":       {fault: jumpClock},
	"descriptors": {fault: exhaustDescriptors},
	"pause":       {fault: pause},
}

// Endure lets a server with calls suffer a fault, kills it some time after that, and judges as after any kill.
func Endure(ctx context.Context, cfg Config, name string) (Report, error) {
	t, err := open(ctx, cfg)
	if err != nil {
		return Report{}, err
	}
	defer t.Close()
	t.report.Scenario = name
	if err := t.first(ctx); err != nil {
		return t.report, err
	}
	if err := t.suffer(ctx, scenarios[name]); err != nil {
		return t.report, err
	}
	if err := t.settle(ctx); err != nil {
		return t.report, fmt.Errorf("%s: %w", t.folder, err)
	}
	return t.report, nil
}

func (t *trial) suffer(ctx context.Context, is scenario) error {
	if is.queue > 0 {
		owed, err := queue(ctx, t.database(), is.queue, is.names...)
		if err != nil {
			return err
		}
		t.ledger.owe(owed)
		t.sinks.become(hanging)
	}
	s, err := t.start(ctx)
	if err != nil {
		return err
	}
	var excused atomic.Bool
	hangUp := t.call(ctx, s, &excused)
	wait(ctx, calmly)
	excused.Store(is.queue == 0) // targets that hang excuse nothing
	err = is.fault(ctx, t, s)
	t.sinks.become(healthy)
	t.report.Back = t.back(ctx)
	wait(ctx, calmly)
	excused.Store(false)
	wait(ctx, calmly)
	excused.Store(true)
	t.book.note(func() { t.report.Refused = t.book.refused })
	t.report.Kills++
	s.Kill()
	hangUp()
	return err
}

// back waits until the server has accepted another call.
func (t *trial) back(ctx context.Context) time.Duration {
	began := time.Now()
	before := t.book.count()
	for t.book.count() == before {
		if time.Since(began) > patience || ctx.Err() != nil {
			t.fault("no call was accepted for %s after the fault", patience)
			break
		}
		wait(ctx, 10*time.Millisecond)
	}
	return time.Since(began)
}

func (b *book) count() (n int) {
	b.note(func() { n = len(b.calls) })
	return n
}
