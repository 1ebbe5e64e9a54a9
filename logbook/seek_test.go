package logbook

import (
	"strings"
	"testing"
	"time"
)

// A call is found in a long log of many calls by its time, and without reading all before it.
func TestMessagesAreFoundByTheirTime(t *testing.T) {
	l, _, _ := newLogs(t, 0, settings{"abc": {SIP: true}})
	began := l.env.Now()
	now := began
	l.env.Now = func() time.Time { return now }
	long := text("INVITE " + strings.Repeat("x", 5000))
	const all = 5000 // 24 MiB, in two files
	for i := range all {
		now = began.Add(time.Duration(i) * time.Second)
		l.Message("abc", "one", long)
	}
	for name, c := range map[string]struct{ from, to, want int }{
		"of the beginning": {0, 1, 2}, "of both files": {3190, 3389, 200}, "of the newer file": {4000, 4010, 11}, "of the end": {all - 5, all + 5, 5},
		"of before": {-20, -10, 0}, "of after": {all, all + 10, 0},
	} {
		t.Run(name, func(t *testing.T) {
			at := func(second int) time.Time { return began.Add(time.Duration(second) * time.Second) }
			got, err := l.Messages("abc", "one", at(c.from), at(c.to), 500)
			if err != nil || len(got) != c.want {
				t.Fatalf("got %d messages, %v, want %d", len(got), err, c.want)
			}
			if c.want > 0 && !got[0].Time.Equal(at(c.from)) {
				t.Errorf("got the first of %v, want that of %v", got[0].Time, at(c.from))
			}
		})
	}
}
