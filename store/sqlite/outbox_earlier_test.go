package sqlite

import (
	"slices"
	"testing"
	"time"

	"timbre"
)

// What waited under the version before the outbox was kept by target is delivered by this one: in order, with its attempts, and counted.
func TestOutboxOfAnOlderVersionIsDelivered(t *testing.T) {
	folder, now := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	oldOutbox(t, folder, now)
	s := begin(t, folder)
	ctx := t.Context()

	depths, err := s.Depths(ctx)
	ok(t, err)
	want := []timbre.Depth{
		{Target: "q", Waiting: 4, Bytes: 4 * (2 + 512), Oldest: now.Add(-time.Hour)},
		{Target: "r", Waiting: 1, Bytes: 2 + 512, Oldest: now.Add(-time.Hour)},
	}
	if !slices.Equal(depths, want) {
		t.Errorf("got %+v, want %+v", depths, want)
	}
	due, err := s.Due(ctx, "q", now, 10)
	ok(t, err)
	if len(due.First) != 1 || due.First[0].Key != "b" || len(due.Again) != 0 || !due.Next.Equal(now.Add(time.Minute)) {
		t.Errorf("got %+v, want b now, and a again in a minute", due)
	}
	letters, err := s.Letters(ctx, timbre.LetterFilter{Waiting: true, Target: "q"})
	ok(t, err)
	if len(letters) != 4 || letters[0].Tries != 3 || letters[0].Death.Error != "503" {
		t.Errorf("got %+v, want the attempts and the error of the first", letters)
	}

	var order []string
	later := now.Add(time.Minute)
	for _, target := range []string{"q", "r"} {
		for {
			due, err := s.Due(ctx, target, later, 10)
			ok(t, err)
			heads := append(due.First, due.Again...)
			if len(heads) == 0 {
				break
			}
			pending, err := s.Load(ctx, []int64{heads[0].Seq})
			ok(t, err)
			order = append(order, pending[0].ID)
			ok(t, s.Settle(ctx, []timbre.Outcome{{Seq: heads[0].Seq, Fate: timbre.Delivered}}))
		}
	}
	slices.SortStableFunc(order, func(a, b string) int { return int(a[0]) - int(b[0]) })
	if want := []string{"a1", "a2", "a3", "b1", "r1"}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v: each lane in its order", order, want)
	}
	if depths, err = s.Depths(ctx); err != nil || len(depths) != 0 {
		t.Errorf("got %+v and %v, want nothing left", depths, err)
	}
}

// A notice of an older version has the age that its target has been waited for since, and dies of it as others do.
func TestNoticesOfAnOlderVersionExpire(t *testing.T) {
	folder, now := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	oldOutbox(t, folder, now)
	s := begin(t, folder)
	due, err := s.Due(t.Context(), "q", now, 10)
	ok(t, err)
	death := timbre.Death{Cause: timbre.CauseExpired, Error: "down", At: now}
	n, err := s.Bury(t.Context(), "q", time.Hour, death, 10)
	ok(t, err)
	if n != 0 {
		t.Errorf("got %d dead letters at once, want none: how long the older version waited is not known", n)
	}
	ok(t, s.Settle(t.Context(), []timbre.Outcome{{Seq: due.First[0].Seq, Fate: timbre.Postponed, Next: now, Wait: time.Hour, TargetWait: time.Hour}}))
	if n, err = s.Bury(t.Context(), "q", time.Hour, death, 10); err != nil || n != 4 {
		t.Errorf("got %d dead letters and %v after an hour of waits, want all 4", n, err)
	}
	dead, err := s.Letters(t.Context(), timbre.LetterFilter{Target: "q"})
	ok(t, err)
	if len(dead) != 4 || dead[0].Key != "a" || dead[0].Tries != 3 || dead[0].Death.Error != "down" {
		t.Errorf("got %+v, want them with their attempts", dead)
	}
}

// oldOutbox makes a database of version 7. Lane a of target q has failed three times and has two notices behind; b has not been tried.
func oldOutbox(t *testing.T, folder string, now time.Time) {
	t.Helper()
	db := ofVersion(t, folder, 7)
	created := unixNano(now.Add(-time.Hour))
	_, err := db.Exec(`INSERT INTO outbox (id, key, target, payload, created, next_try, tries, reason) VALUES
		('a1', 'a', 'q', x'7b7d', ?1, ?2, 3, '503'), ('a2', 'a', 'q', x'7b7d', ?1, NULL, 0, ''), ('b1', 'b', 'q', x'7b7d', ?1, ?1, 0, ''),
		('a3', 'a', 'q', x'7b7d', ?1, NULL, 0, ''), ('r1', 'a', 'r', x'7b7d', ?1, ?1, 0, '')`, created, unixNano(now.Add(time.Minute)))
	ok(t, err)
	ok(t, db.Close())
}
