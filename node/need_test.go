package node

import (
	"context"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/environment"
)

// What a task needs is booked from its first window on, and no longer than it runs.
func TestRunningTasksBookThreads(t *testing.T) {
	s := embeddable(t)
	s.Analytics = "always"
	n, err := New(t.Context(), environment.Environment{}, s)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { _ = n.Run(ctx) })
	t.Cleanup(func() { stop(); running.Wait() })
	if err := n.store.CreateConnector(ctx, timbre.Connector{ID: vc}); err != nil {
		t.Fatal(err)
	}
	task, err := talk(ctx, t, n, &running)("one")
	if err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return n.load.Load() > 0 && n.load.Load() < 1 && n.load.Behind() == 0 })
	if err := n.tasks.Stop(ctx, timbre.VoiceTone, vc, task.ID); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return n.load.Load() == 0 })
}

// await waits for something to become true.
func await(t *testing.T, is func() bool) {
	t.Helper()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	for until := time.Now().Add(time.Minute); !is(); <-poll.C {
		if time.Now().After(until) {
			t.Fatal("got nothing after a minute")
		}
	}
}
