package sqlite

import (
	"context"
	"fmt"
	"testing"

	"timbre"
	"timbre/store/storetest"
)

func BenchmarkSaveTaskWithTwoNotices(b *testing.B) {
	s := begin(b, b.TempDir())
	ctx := context.Background()
	t := timbre.Task{ID: "t", Kind: timbre.VoiceTone, TransactionID: "x", Active: true, Status: timbre.InProgress, Created: v0}
	ok(b, s.CreateTask(ctx, t))
	payload := make([]byte, 700)
	for i := 0; b.Loop(); i++ {
		key := fmt.Sprint(i % 100)
		ok(b, s.SaveTask(ctx, t, []timbre.Notice{
			{ID: "a", Key: key, Target: "q", Payload: payload, Created: v0}, {ID: "b", Key: key, Target: "r", Payload: payload, Created: v0},
		}))
	}
}

func BenchmarkTask(b *testing.B) {
	s := begin(b, b.TempDir())
	ctx := context.Background()
	ok(b, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
	enrol(b, s, "d", "t")
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := s.Task(ctx, timbre.SpeakerSearch, "t"); err != nil {
				b.Error(err)
			}
		}
	})
}

func BenchmarkVoiceprintsOf1000Profiles(b *testing.B) {
	s := begin(b, b.TempDir())
	ctx := context.Background()
	ok(b, s.CreateDomain(ctx, timbre.Domain{ID: "d"}))
	for i := range 1000 {
		enrol(b, s, "d", fmt.Sprint(i))
	}
	for b.Loop() {
		if list, err := storetest.AllVoices(ctx, s, "d", v0); err != nil || len(list) != 1000 {
			b.Fatal(len(list), err)
		}
	}
}

// outboxOf fills an outbox with 10,000 notices.
func outboxOf(b *testing.B, lanes int) *Store {
	b.Helper()
	s := begin(b, b.TempDir())
	var notices []timbre.Notice
	for i := range 10_000 {
		notices = append(notices, timbre.Notice{ID: fmt.Sprint(i), Key: fmt.Sprint(i % lanes), Target: "q", Payload: make([]byte, 700), Created: v0})
	}
	ok(b, s.SaveCall(context.Background(), timbre.Call{TransactionID: "x"}, notices))
	return s
}

func BenchmarkDueOf10000(b *testing.B) {
	for _, lanes := range []int{1, 100, 10_000} {
		b.Run(fmt.Sprint(lanes, " lanes"), func(b *testing.B) {
			s := outboxOf(b, lanes)
			for b.Loop() {
				if due, err := s.Due(context.Background(), "q", v0, 100); err != nil || len(due.First) != min(lanes, 100) {
					b.Fatal(len(due.First), err)
				}
			}
		})
	}
}

func BenchmarkDelivered(b *testing.B) {
	s := begin(b, b.TempDir())
	ctx := context.Background()
	seq := int64(0)
	for b.Loop() {
		b.StopTimer()
		if seq%1000 == 0 {
			notices := make([]timbre.Notice, 1000)
			for i := range notices {
				notices[i] = timbre.Notice{ID: "n", Key: fmt.Sprint(i % 50), Target: "q", Payload: make([]byte, 700), Created: v0}
			}
			ok(b, s.SaveCall(ctx, timbre.Call{TransactionID: "x"}, notices))
		}
		seq++
		b.StartTimer()
		ok(b, s.Settle(ctx, []timbre.Outcome{{Seq: seq, Fate: timbre.Delivered}}))
	}
}

func BenchmarkDocument(b *testing.B) {
	t := timbre.Task{
		ID: "t", Kind: timbre.SpeakerSearch, ConnectorID: "c", TransactionID: "x", DomainID: "d", Status: timbre.InProgress,
		Active: true, Matches: []timbre.Match{{ProfileID: "p", Confidence: 0.97}}, Created: v0, Updated: v0, Started: v0,
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := document(t); err != nil {
			b.Fatal(err)
		}
	}
}
