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
	if _, err := s.reader.QueryContext(ctx, "SELECT nothing FROM nowhere"); err == nil {
		t.Error("rows from nowhere")
	}
	var x any
	if err := s.reader.QueryRowContext(ctx, "SELECT nothing FROM nowhere").Scan(&x); err == nil {
		t.Error("a row from nowhere")
	}
}

func statements(p *prepared) (n int) {
	p.ready.Range(func(any, any) bool { n++; return true })
	return n
}
