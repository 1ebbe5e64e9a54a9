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

// watched are the tests with a leak check. A test may have several receivers and nodes, but needs one check.
var watched sync.Map

// checkLeaks fails a test that leaves goroutines or sockets behind. Call it before anything is started, so that its cleanup runs
// last. It waits, because a goroutine may take a moment to end. Tests of this package run one after the other, so that new
// goroutines and sockets belong to the test.
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
				t.Errorf("got %d leaked goroutines and sockets, want none:\n%s", len(left), strings.Join(left, "\n\n"))
				return
			}
		}
	})
}

// since returns what is in now and not in before.
func since(before, now map[string]string) (left []string) {
	for name, what := range now {
		if _, was := before[name]; !was {
			left = append(left, what)
		}
	}
	return left
}

// permanent are functions of goroutines that a process starts once and keeps.
var permanent = []string{"os/signal.signal_recv", "os/signal.loop"}

// running returns the stacks of all goroutines except the calling one, by their number.
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
	for _, stack := range strings.Split(string(b), "\n\n")[1:] { // the first is the caller's
		number, _, _ := strings.Cut(stack, " [")
		stacks[number] = stack
	}
	maps.DeleteFunc(stacks, func(_, stack string) bool {
		return slices.ContainsFunc(permanent, func(f string) bool { return strings.Contains(stack, f+"(") })
	})
	return stacks
}

// open returns the process's sockets by inode, and none on a system without /proc.
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

// The leak check reports what is left, and accepts what has ended.
func TestLeakCheckDetectsLeaks(t *testing.T) {
	goroutines, sockets := running(), open()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() { <-stop; close(stopped) }()
	hook := newReceiver(t)
	if left := since(goroutines, running()); len(left) < 2 || !strings.Contains(strings.Join(left, "\n"), "TestLeakCheckDetectsLeaks") {
		t.Errorf("got leaked goroutines %v, want the test's own and the receiver's", left)
	}
	if left := since(sockets, open()); len(left) != 1 {
		t.Errorf("got leaked sockets %v, want one", left)
	}
	close(stop)
	<-stopped
	hook.Close()
	if left := since(sockets, open()); len(left) != 0 {
		t.Errorf("got leaked sockets %v after closing, want none", left)
	}
}
