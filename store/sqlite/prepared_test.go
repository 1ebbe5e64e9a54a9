package sqlite

import (
	"context"
	"sync"
	"testing"

	"timbre"
)

func TestStatementIsPreparedOnce(t *testing.T) {
	s := begin(t, t.TempDir())
	s.stop() // what runs in the background prepares statements of its own
	s.background.Wait()
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
		t.Errorf("got %d statements, then %d, want the same number above 0", first, n)
	}
}

func TestTransactionUsesPreparedStatementsFromTheSecondTimeOn(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	save := func() int {
		ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: "x"}, nil))
		return statements(s.writer)
	}
	save()
	second, third := save(), save()
	if second == 0 || third != second || len(s.writer.missed) > 0 {
		t.Errorf("got %d statements, then %d, and missed %q, want the same number above 0 and none missed", second, third, s.writer.missed)
	}
}

func TestPreparedReadSeesLaterWrites(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	for _, name := range []string{"one", "two"} {
		ok(t, s.SaveCall(ctx, timbre.Call{TransactionID: "x", CallID: name}, nil))
		if c, err := s.Call(ctx, "x"); err != nil || c.CallID != name {
			t.Errorf("got call id %q and error %v, want %q", c.CallID, err, name)
		}
	}
}

func TestMalformedStatementIsAnError(t *testing.T) {
	s := begin(t, t.TempDir())
	ctx := context.Background()
	if _, err := queryAll(ctx, s.reader, scanDocument[timbre.Call], "SELECT nothing FROM nowhere"); err == nil {
		t.Error("rows: got no error, want one")
	}
	for range 2 { // the second time the query is among the missed ones
		if err := s.write(ctx, "", func(q querier) error { return execOne(ctx, q, nil, "UPDATE nowhere SET nothing = 1") }); err == nil {
			t.Error("write: got no error, want one")
		}
	}
	var x any
	if err := s.reader.QueryRowContext(ctx, "SELECT nothing FROM nowhere").Scan(&x); err == nil {
		t.Error("row: got no error, want one")
	}
}

func statements(p *prepared) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.ready)
}
