package sqlite

import (
	"context"
	"sync"
	"testing"

	"timbre"
)

func TestATextIsPreparedOnce(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	ok(t, s.CreateConnector(ctx, timbre.Connector{ID: "c"}))
	_, err := s.Connector(ctx, "c")
	ok(t, err)
	first := statements(s.reader)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := s.Connector(ctx, "c"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := statements(s.reader); n != first || n == 0 {
		t.Errorf("%d statements, then %d", first, n)
	}
}

func TestATransactionHasItsTextsPreparedFromTheSecondTimeOn(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	save := func() int {
		ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: "x"}, nil))
		return statements(s.writer)
	}
	save()
	second, third := save(), save()
	if second == 0 || third != second || len(s.writer.missed) > 0 {
		t.Errorf("%d statements, then %d, and missed %q", second, third, s.writer.missed)
	}
}

func TestAPreparedReadSeesWhatWasWrittenSince(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	for _, name := range []string{"one", "two"} {
		ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: "x", CallID: name}, nil))
		if c, err := s.Call(ctx, "x"); err != nil || c.CallID != name {
			t.Errorf("%q, %v", c.CallID, err)
		}
	}
}

func TestWhatCannotBePreparedIsAnError(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	if _, err := queryAll(ctx, s.reader, scanDocument[timbre.Call], "SELECT nothing FROM nowhere"); err == nil {
		t.Error("rows from nowhere")
	}
	for range 2 { // the second one finds the text among those that were missed
		if err := s.write(ctx, "", func(q querier) error { return execOne(ctx, q, nil, "UPDATE nowhere SET nothing = 1") }); err == nil {
			t.Error("a change of nothing")
		}
	}
	var x any
	if err := s.reader.QueryRowContext(ctx, "SELECT nothing FROM nowhere").Scan(&x); err == nil {
		t.Error("a row from nowhere")
	}
}

func statements(p *prepared) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ready)
}
