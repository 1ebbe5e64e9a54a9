package test

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// watched are the tests that are looked after already: a test may have several receivers and nodes, but one beginning.
var watched sync.Map

// checkLeaks fails a test that leaves goroutines or sockets behind that were not there when it began. It is called before
// anything is started, so that it looks when all has been stopped. A goroutine that has been told to end may take a moment.
// Tests of this package run one after the other, so that what is new is the test's own.
func checkLeaks(t *testing.T) {
	t.Helper()
	if _, again := watched.LoadOrStore(t, true); again {
		return
	}
	goroutines, sockets := running(), open()
	t.Cleanup(func() {
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(timeout / 2); ; <-tick.C {
			left := slices.Concat(since(goroutines, running()), since(sockets, open()))
			if len(left) == 0 {
				return
			}
			if time.Now().After(deadline) {
				t.Errorf("the test left %d goroutines and sockets behind:\n%s", len(left), strings.Join(left, "\n\n"))
				return
			}
		}
	})
}

// since is what there is now and was not before, by name.
func since(before, now map[string]string) (left []string) {
	for name, what := range now {
		if _, was := before[name]; !was {
			left = append(left, what)
		}
	}
	return left
}

// forever are the goroutines that a process starts once and keeps: by the function that they are in.
var forever = []string{"os/signal.signal_recv", "os/signal.loop"}

// running are the stacks of all goroutines but the one that asks, by the number of each.
func running() map[string]string {
	b := make([]byte, 1<<20)
	for n := runtime.Stack(b, true); ; n = runtime.Stack(b, true) {
		if n < len(b) {
			b = b[:n]
			break
		}
		b = make([]byte, 2*len(b))
	}
	stacks := map[string]string{}
	for _, stack := range strings.Split(string(b), "\n\n")[1:] { // the first is this one's
		number, _, _ := strings.Cut(stack, " [")
		stacks[number] = stack
	}
	maps.DeleteFunc(stacks, func(_, stack string) bool {
		return slices.ContainsFunc(forever, func(f string) bool { return strings.Contains(stack, f+"(") })
	})
	return stacks
}

// open are the process's sockets, by their inode; none where the system has no /proc.
func open() map[string]string {
	sockets := map[string]string{}
	descriptors, _ := filepath.Glob("/proc/self/fd/*")
	for _, d := range descriptors {
		if to, err := os.Readlink(d); err == nil && strings.HasPrefix(to, "socket:") {
			sockets[to] = to
		}
	}
	return sockets
}

// The check itself sees what is left, and forgives what ends.
func TestLeakCheckDetectsLeaks(t *testing.T) {
	goroutines, sockets := running(), open()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { <-stop; close(stopped) }()
	hook := newReceiver(t)
	if left := since(goroutines, running()); len(left) < 2 || !strings.Contains(strings.Join(left, "\n"), "TestLeakCheckDetectsLeaks") {
		t.Errorf("goroutines left: %v", left)
	}
	if left := since(sockets, open()); len(left) != 1 {
		t.Errorf("sockets left: %v", left)
	}
	close(stop)
	<-stopped
	hook.Close()
	if left := since(sockets, open()); len(left) != 0 {
		t.Errorf("sockets left after closing: %v", left)
	}
}
