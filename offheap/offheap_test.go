package offheap_test

import (
	"runtime/debug"
	"testing"

	"timbre/offheap"
)

func TestMemoryIsZeroAndCountsAgainstTheLimitUntilItIsFreed(t *testing.T) {
	const size = 3 << 20
	before := debug.SetMemoryLimit(-1)
	m := offheap.New(size)
	if got := debug.SetMemoryLimit(-1); got != before-size {
		t.Errorf("got a limit of %d, want %d", got, before-size)
	}
	for i := range m {
		if m[i] != 0 {
			t.Fatalf("got byte %d set, want zeroes", i)
		}
		m[i] = 1
	}
	offheap.Free(m)
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("got a limit of %d after it was freed, want %d", got, before)
	}
}

func TestMemoryOfTheHeapMayBeFreed(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	offheap.Free(make([]byte, 1<<20))
	if got := debug.SetMemoryLimit(-1); got != before {
		t.Errorf("got a limit of %d, want %d", got, before)
	}
}
