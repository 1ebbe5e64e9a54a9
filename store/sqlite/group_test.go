package sqlite

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"timbre"
)

// shared runs writes in one transaction, in their order: all wait for one that is under way. It returns the error of each.
func shared(t *testing.T, s *Store, writes ...func() error) []error {
	t.Helper()
	errs := make([]error, len(writes))
	var all sync.WaitGroup
	ok(t, s.write(t.Context(), "first", func(querier) error {
		for i, w := range writes {
			all.Go(func() { errs[i] = w() })
			for inLine(s) <= i {
				runtime.Gosched()
			}
		}
		return nil
	}))
	all.Wait()
	return errs
}

func inLine(s *Store) int {
	s.group.mu.Lock()
	defer s.group.mu.Unlock()
	return len(s.group.waiting)
}

func rows(t *testing.T, s *Store) (n int) {
	t.Helper()
	ok(t, s.reader.QueryRow("SELECT count(*) FROM proof").Scan(&n))
	return n
}

func samplesOf(t *testing.T, h prometheus.Histogram) uint64 {
	t.Helper()
	var m dto.Metric
	ok(t, h.Write(&m))
	return m.GetHistogram().GetSampleCount()
}

// add writes a row of its own, and fails afterwards if it is told to.
func add(ctx context.Context, s *Store, name string, fail func() error, raise ...func()) func() error {
	return func() error {
		return s.write(ctx, "add", func(q querier) error {
			if _, err := q.ExecContext(ctx, "INSERT INTO proof (network, until) VALUES (?, 1)", name); err != nil {
				return err
			}
			return fail()
		}, raise...)
	}
}

func fine() error { return nil }

func TestWritersThatWaitShareATransaction(t *testing.T) {
	s := begin(t, t.TempDir())
	held := samplesOf(t, s.pace.commit)
	var writes []func() error
	for i := range 20 {
		writes = append(writes, add(t.Context(), s, fmt.Sprint("row ", i), fine))
	}
	for i, err := range shared(t, s, writes...) {
		if err != nil {
			t.Errorf("write %d: got %v", i, err)
		}
	}
	if n := samplesOf(t, s.pace.commit) - held; n != 2 {
		t.Errorf("got %d commits of the first write and 20 that waited for it, want 2", n)
	}
	if n := rows(t, s); n != 20 {
		t.Errorf("got %d rows, want 20", n)
	}
}

func TestAWriterThatFailsHarmsNoOtherOfItsTransaction(t *testing.T) {
	s := begin(t, t.TempDir())
	refusal := errors.New("refused")
	var raised []string
	raise := func(name string) func() { return func() { raised = append(raised, name) } }
	canceled, cancel := context.WithCancel(t.Context())
	errs := shared(t, s,
		add(t.Context(), s, "a", fine, raise("a")),
		add(t.Context(), s, "b", func() error { return refusal }, raise("b")),
		add(t.Context(), s, "a", fine, raise("a again")), // violates a constraint
		add(canceled, s, "canceled while it runs", func() error { cancel(); return nil }),
		func() (err error) {
			defer func() { err = fmt.Errorf("panic: %v", recover()) }()
			return add(t.Context(), s, "c", func() error { panic("broken") })()
		},
		add(t.Context(), s, "d", fine),
	)
	for i, want := range []bool{true, false, false, true, false, true} {
		if (errs[i] == nil) != want {
			t.Errorf("write %d: got %v, want success %v", i, errs[i], want)
		}
	}
	if !errors.Is(errs[1], refusal) || errs[4] == nil || errs[4].Error() != "panic: broken" {
		t.Errorf("got %v and %v, want the error and the panic of the writer", errs[1], errs[4])
	}
	if n := rows(t, s); n != 3 {
		t.Errorf("got %d rows, want 3", n)
	}
	if fmt.Sprint(raised) != "[a]" {
		t.Errorf("got hooks %v, want a", raised)
	}
}

func TestAWriterThatGivesUpWhileItWaitsWritesNothing(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error, 1)
	ok(t, s.write(t.Context(), "first", func(querier) error {
		go func() { errs <- add(ctx, s, "late", fine)() }()
		for inLine(s) == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-errs; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want that it was canceled", err)
		}
		return nil
	}))
	if n := rows(t, s); n != 0 {
		t.Errorf("got %d rows, want none", n)
	}
}

// The mark of the log counts what each writer may have reserved.
func TestEachWriterOfATransactionCounts(t *testing.T) {
	s := begin(t, t.TempDir())
	before := s.mark.commits.Load()
	shared(t, s, add(t.Context(), s, "a", fine), add(t.Context(), s, "b", fine), add(t.Context(), s, "b", fine))
	if n := s.mark.commits.Load() - before; n != 3 {
		t.Errorf("got %d, want 3: the first write and two that took effect", n)
	}
}

func TestNoMoreThanAGroupSharesATransaction(t *testing.T) {
	s := begin(t, t.TempDir())
	held := samplesOf(t, s.pace.commit)
	var writes []func() error
	for i := range 2*mostInGroup + 1 {
		writes = append(writes, add(t.Context(), s, fmt.Sprint("row ", i), fine))
	}
	shared(t, s, writes...)
	if n := samplesOf(t, s.pace.commit) - held; n != 4 || rows(t, s) != 2*mostInGroup+1 {
		t.Errorf("got %d commits and %d rows, want 4 and all", n, rows(t, s))
	}
}

// BenchmarkStart is what creating a task costs with many clients.
func BenchmarkStart(b *testing.B) {
	for _, clients := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			s, ctx := begin(b, b.TempDir()), context.Background()
			began := processorTime()
			var all sync.WaitGroup
			for c := range clients {
				all.Go(func() {
					for i := range max(1, b.N/clients) {
						id := fmt.Sprintf("%d-%d", c, i)
						t := timbre.Task{ID: id, Kind: timbre.SpeakerSearch, TransactionID: id, ConnectorID: "c", DomainID: "d", Active: true, Status: timbre.InQueue, Created: v0}
						if err := s.CreateTask(ctx, t); err != nil {
							b.Error(err)
						}
					}
				})
			}
			all.Wait()
			b.ReportMetric(float64((processorTime()-began).Microseconds())/float64(max(clients, b.N)), "cpu-µs/op")
		})
	}
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
