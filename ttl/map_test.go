package ttl_test

import (
	"testing"
	"time"

	"timbre/ttl"
)

func TestEntriesAreForgottenOnceAPeriod(t *testing.T) {
	var dropped []string
	m := ttl.NewMap[int](time.Minute, func(v string) { dropped = append(dropped, v) })
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	m.Forget(start)
	m.Put(1, "short", start.Add(10*time.Second))
	m.Put(2, "long", start.Add(time.Hour))
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{59 * time.Second, 2}, {time.Minute, 1}, {time.Hour, 1}, {time.Hour + time.Second, 1}, {time.Hour + time.Minute, 0}} {
		m.Forget(start.Add(c.after))
		if got := m.Len(); got != c.want {
			t.Errorf("after %v: got %d entries, want %d", c.after, got, c.want)
		}
	}
	if len(dropped) != 2 || dropped[0] != "short" || dropped[1] != "long" {
		t.Errorf("got %q dropped, want short, then long", dropped)
	}
	if v, ok := m.Get(2); ok {
		t.Errorf("got %q, want nothing that was forgotten", v)
	}
}
