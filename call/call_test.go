package call

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

// desk is a journal and an announcer that remember, and fail when told to.
type desk struct {
	mu     sync.Mutex
	fail   error
	mute   error
	calls  []timbre.Call
	said   [][]string          // of each write, its events as "type status leg"
	events []timbre.Event      // the newest announced
	during func(c timbre.Call) // called while a call is written
}

func (d *desk) Notices(_ context.Context, events ...timbre.Event) (notices []timbre.Notice, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = events
	for _, e := range events {
		notices = append(notices, timbre.Notice{ID: e.ID, Payload: fmt.Appendf(nil, "%s %s %d", e.Type, e.Status, e.Leg)})
	}
	return notices, d.mute
}

func (d *desk) SaveCall(ctx context.Context, c timbre.Call, notices []timbre.Notice) error {
	if d.during != nil {
		d.during(c)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := errors.Join(d.fail, ctx.Err()); err != nil {
		return err
	}
	var said []string
	for _, n := range notices {
		said = append(said, strings.TrimPrefix(string(n.Payload), "Chime VoiceConnector "))
	}
	d.calls, d.said = append(d.calls, c), append(d.said, said)
	return nil
}

// registry is one whose clock goes a second further with each look, with its desk.
func registry() (*Registry, *desk) {
	d := &desk{}
	var mu sync.Mutex
	now, id := time.UnixMilli(1_700_000_000_000), 0
	return New(Config{
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
	}, d, d), d
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

func TestACallBeginsWithOneWrite(t *testing.T) {
	r, d := registry()
	txid, legs := begin(t, r)
	if len(legs) != 2 || len(d.calls) != 1 {
		t.Fatalf("%d listeners, %d writes", len(legs), len(d.calls))
	}
	want := []string{
		"Streaming Status STARTED 0", "Streaming Status STARTED 1", "Streaming Status ALL_STARTED 0",
		"VoiceAnalyticsStatus AnalyticsReady 0", "VoiceAnalyticsStatus AnalyticsReady 1",
	}
	if !slices.Equal(d.said[0], want) {
		t.Errorf("said %q", d.said[0])
	}
	c, ok := r.Call(txid)
	if !ok || c.TransactionID != txid || c.Started.IsZero() || c.Metadata != "<recording/>" {
		t.Errorf("%+v, %t", c, ok)
	}
	form := regexp.MustCompile(`^arn:[a-z\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+$`)
	for _, l := range c.Legs {
		if !form.MatchString(l.StreamARN) || !strings.Contains(l.StreamARN, "stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-00000000-0000-4000-8000-") {
			t.Errorf("stream %s", l.StreamARN)
		}
	}
	if c.Legs[0].StreamARN == c.Legs[1].StreamARN {
		t.Error("both legs are one stream")
	}
	for _, e := range d.events {
		if !strings.HasPrefix(e.ID, "Id-") || e.Call.TransactionID != txid || e.Call.Legs[e.Leg].StreamARN == "" {
			t.Errorf("%+v", e)
		}
	}
}

func TestACallIsThereBeforeItsEventsAre(t *testing.T) {
	r, d := registry()
	d.during = func(c timbre.Call) {
		if _, ok := r.Call(c.TransactionID); !ok {
			t.Error("not live while it is written")
		}
	}
	begin(t, r)
}

func TestACallThatCannotBeWrittenIsRefused(t *testing.T) {
	gone := timbre.Errorf(timbre.Unavailable, "", "disk full")
	for name, break_ := range map[string]func(*desk){
		"journal":   func(d *desk) { d.fail = gone },
		"announcer": func(d *desk) { d.mute = gone },
	} {
		r, d := registry()
		break_(d)
		if _, _, err := r.Begin(t.Context(), twoLegs()); !errors.Is(err, gone) || timbre.KindOf(err) != timbre.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
		if len(r.Live()) != 0 || len(r.calls) != 0 || testutil.ToFloat64(r.metrics.refused) != 1 {
			t.Errorf("%s: %d live", name, len(r.Live()))
		}
	}
}

func TestACallHasOneToThreeLegs(t *testing.T) {
	r, _ := registry()
	for _, n := range []int{0, 4} {
		if _, _, err := r.Begin(t.Context(), timbre.Call{Legs: make([]timbre.Leg, n)}); timbre.KindOf(err) != timbre.Invalid {
			t.Errorf("%d legs: %v", n, err)
		}
	}
}

func TestAnUpdateIsToldWithItsHeadersAndKeepsTheNewestMetadata(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	before, _ := r.Call(txid)
	again := map[string]string{"cseq": "2 INVITE"}
	if added, err := r.Update(t.Context(), txid, timbre.Change{Headers: again, Group: "g", Warnings: []string{"doubtful"}}); err != nil || added != nil {
		t.Fatal(added, err)
	}
	if c, _ := r.Call(txid); c.Group != "g" || !slices.Equal(c.Warnings, []string{"doubtful"}) {
		t.Errorf("group %q, warnings %q", c.Group, c.Warnings)
	}
	if !slices.Equal(d.said[1], []string{"Streaming Status UPDATED 0"}) || d.events[0].Call.Headers["cseq"] != "2 INVITE" {
		t.Errorf("said %q with %v", d.said[1], d.events[0].Call.Headers)
	}
	legs := []timbre.Leg{{Side: timbre.Caller, Index: 1, Label: "0", Party: "sip:a@b"}, {Side: timbre.Mixed, Index: 2, Label: "7"}}
	added, err := r.Update(t.Context(), txid, timbre.Change{Headers: again, Metadata: "<newer/>", Legs: legs})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Streaming Status UPDATED 0", "Streaming Status STARTED 2", "VoiceAnalyticsStatus AnalyticsReady 2"}; !slices.Equal(d.said[2], want) {
		t.Errorf("said %q", d.said[2])
	}
	c, _ := r.Call(txid)
	if c.Metadata != "<newer/>" || c.Headers["cseq"] != "1 INVITE" || c.Group != "g" || c.Warnings != nil || len(c.Legs) != 3 || c.Legs[1].Party != "sip:a@b" {
		t.Errorf("%+v", c)
	}
	if c.Legs[0] != before.Legs[0] || c.Legs[1].StreamARN != before.Legs[1].StreamARN || c.Legs[2].StreamARN == "" || before.Legs[1].Party != "" {
		t.Errorf("legs %+v, before %+v", c.Legs, before.Legs)
	}
	if l, err := r.Listener(txid, 2); err != nil || len(added) != 1 || added[0] != l {
		t.Errorf("the new leg has the listener %v, not %v: %v", added, l, err)
	}
	heard := tapped(t, r, txid, 2)
	if added[0].Frame(timbre.Frame{}); heard.frames != 1 {
		t.Errorf("%d frames of the new leg were heard", heard.frames)
	}
	if _, err := r.Update(t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Index: 9}}}); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("a fourth leg: %v", err)
	}
	if _, err := r.Update(t.Context(), "nobody", timbre.Change{}); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("an unknown call: %v", err)
	}
}

func TestBothStreamsAreToldTogetherOnce(t *testing.T) {
	r, d := registry()
	alone := twoLegs()
	alone.Legs = alone.Legs[:1]
	txid, _, err := r.Begin(t.Context(), alone)
	if err != nil {
		t.Fatal(err)
	}
	for i, said := range [][]string{
		{"Streaming Status UPDATED 0", "Streaming Status STARTED 1", "Streaming Status ALL_STARTED 0", "VoiceAnalyticsStatus AnalyticsReady 1"},
		{"Streaming Status UPDATED 0", "Streaming Status STARTED 2", "VoiceAnalyticsStatus AnalyticsReady 2"},
	} {
		if _, err := r.Update(t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Side: timbre.Caller, Index: i + 1}}}); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(d.said[i+1], said) {
			t.Errorf("said %q, want %q", d.said[i+1], said)
		}
	}
	if want := []string{"Streaming Status STARTED 0", "VoiceAnalyticsStatus AnalyticsReady 0"}; !slices.Equal(d.said[0], want) {
		t.Errorf("of one leg: %q", d.said[0])
	}
}

func TestAnUpdateThatCannotBeWrittenChangesNothing(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	d.fail = errors.New("disk full")
	if _, err := r.Update(t.Context(), txid, timbre.Change{Metadata: "<newer/>", Legs: []timbre.Leg{{Index: 5}}}); !errors.Is(err, d.fail) {
		t.Error(err)
	}
	if c, _ := r.Call(txid); c.Metadata != "<recording/>" || len(c.Legs) != 2 {
		t.Errorf("%+v", c)
	}
}

func TestLiveCallsAreListedByTheirStart(t *testing.T) {
	r, _ := registry()
	var want []string
	for range 5 {
		txid, _ := begin(t, r)
		want = append(want, txid)
	}
	if err := r.End(t.Context(), want[2], ""); err != nil {
		t.Fatal(err)
	}
	want = slices.Delete(want, 2, 3)
	var got []string
	for _, c := range r.Live() {
		got = append(got, c.TransactionID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("live %v, want %v", got, want)
	}
	if n := testutil.ToFloat64(r.metrics.live); n != 4 {
		t.Errorf("the gauge says %v", n)
	}
}
