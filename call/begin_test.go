package call

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

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
	if !slices.Equal(d.sent[0], want) {
		t.Errorf("said %q", d.sent[0])
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
	for name, break_ := range map[string]func(*fakeStore){
		"journal":   func(d *fakeStore) { d.fail = gone },
		"announcer": func(d *fakeStore) { d.mute = gone },
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
