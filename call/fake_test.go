package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/environment"
)

// fakeStore is a store and an announcer that record what they are given, and fail on request.
type fakeStore struct {
	mu      sync.Mutex
	fail    error
	mute    error
	calls   []timbre.Call
	sent    [][]string          // the events of each write, as "type status leg"
	events  []timbre.Event      // of the last call of Notices
	during  func(c timbre.Call) // called by SaveCall
	live    []string            // what a crash has left
	removed []string
	stale   map[string]timbre.Call
}

func (d *fakeStore) Notices(_ context.Context, events ...timbre.Event) (notices []timbre.Notice, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = events
	for _, e := range events {
		notices = append(notices, timbre.Notice{ID: e.ID, Payload: fmt.Appendf(nil, "%s %s %d", e.Type, e.Status, e.Leg)})
	}
	return notices, d.mute
}

func (d *fakeStore) SaveCall(ctx context.Context, c timbre.Call, notices []timbre.Notice) error {
	if d.during != nil {
		d.during(c)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := errors.Join(d.fail, ctx.Err()); err != nil {
		return err
	}
	var sent []string
	for _, n := range notices {
		sent = append(sent, strings.TrimPrefix(string(n.Payload), "Chime VoiceConnector "))
	}
	d.calls, d.sent = append(d.calls, c), append(d.sent, sent)
	return nil
}

func (d *fakeStore) Call(_ context.Context, txid string) (timbre.Call, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if c, ok := d.stale[txid]; ok {
		return c, nil
	}
	return timbre.Call{}, timbre.Errorf(timbre.Internal, "store", "the row cannot be read")
}

func (d *fakeStore) LiveCalls(context.Context) ([]string, error) { return d.live, nil }

func (d *fakeStore) EndCalls(ctx context.Context, ended []timbre.Ended[timbre.Call]) error {
	for _, e := range ended {
		if err := d.SaveCall(ctx, e.Item, e.Notices); err != nil {
			return err
		}
	}
	return nil
}

func (d *fakeStore) RemoveCall(ctx context.Context, txid string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := errors.Join(d.fail, ctx.Err()); err != nil {
		return err
	}
	d.removed = append(d.removed, txid)
	return nil
}

// registry returns a Registry whose clock advances by a second each time it is read.
func registry() (*Registry, *fakeStore) {
	d := &fakeStore{}
	var mu sync.Mutex
	now, id := time.UnixMilli(1_700_000_000_000), 0
	return New(environment.Environment{
		Region: "us-east-1", Account: "111122223333", Metrics: prometheus.NewRegistry(),
		Now: func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			now = now.Add(time.Second)
			return now
		},
		NewID: func() string {
			mu.Lock()
			defer mu.Unlock()
			id++
			return fmt.Sprintf("00000000-0000-4000-8000-%012d", id)
		},
	}, Deps{d, d}), d
}

func (d *fakeStore) set(fail error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = fail
}

func twoLegs() timbre.Call {
	return timbre.Call{
		ConnectorID: "abcdef1ghij2klmno3pqr4", CallID: "a84b@sbc", Headers: map[string]string{"cseq": "1 INVITE"}, Metadata: "<recording/>",
		Legs: []timbre.Leg{{Side: timbre.Callee, Index: 0, Label: "1"}, {Side: timbre.Caller, Index: 1, Label: "0"}},
	}
}

func begin(t *testing.T, r *Registry) (string, []timbre.LegListener) {
	t.Helper()
	txid, legs, err := r.Begin(t.Context(), twoLegs())
	if err != nil {
		t.Fatal(err)
	}
	return txid, legs
}
