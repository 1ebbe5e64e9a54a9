package notify

import (
	"sync"
	"testing"
)

// What is taken is nobody else's, also if it is nothing: the race detector sees the map if it is shared.
func TestWhatIsTakenIsTheCallers(t *testing.T) {
	i := newInbox()
	var waking sync.WaitGroup
	waking.Go(func() {
		for range 100 {
			i.wake([]string{"a"})
		}
	})
	seen := 0
	for range 100 {
		woken, _, _ := i.take()
		for range woken {
			seen++
		}
	}
	waking.Wait()
	woken, _, _ := i.take()
	if seen += len(woken); seen == 0 {
		t.Error("got no target, want the one that was woken")
	}
	i.take()
	if woken, all, retry := i.take(); len(woken) != 0 || all || retry {
		t.Errorf("got %v, %t, %t, want nothing", woken, all, retry)
	}
	i.wake([]string{"b"})
	if woken, _, _ := i.take(); len(woken) != 1 {
		t.Errorf("got %v, want b", woken)
	}
}
