package call

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
)

func TestBeginSavesCallAndEvents(t *testing.T) {
	r, d := registry()
	txid, legs := begin(t, r)
	if len(legs) != 2 || len(d.calls) != 1 {
		t.Fatalf("got %d listeners and %d saves, want 2 and 1", len(legs), len(d.calls))
	}
	want := []string{
		"Streaming Status STARTED 0", "Streaming Status STARTED 1", "Streaming Status ALL_STARTED 0",
		"VoiceAnalyticsStatus AnalyticsReady 0", "VoiceAnalyticsStatus AnalyticsReady 1",
	}
	if !slices.Equal(d.sent[0], want) {
		t.Errorf("got events %q, want %q", d.sent[0], want)
	}
	c, ok := r.Call(txid)
	if !ok || c.TransactionID != txid || c.Started.IsZero() || c.Metadata != "<recording/>" {
		t.Errorf("got call %+v, %t; want it live with its metadata", c, ok)
	}
	form := regexp.MustCompile(`^arn:[a-z\d-]+:kinesisvideo:[a-z0-9-]+:[0-9]+:[a-z]+/[a-zA-Z0-9_.-]+/[0-9]+$`)
	for _, l := range c.Legs {
		if !form.MatchString(l.StreamARN) || !strings.Contains(l.StreamARN, "stream/ChimeVoiceConnector-abcdef1ghij2klmno3pqr4-00000000-0000-4000-8000-") {
			t.Errorf("got stream ARN %s", l.StreamARN)
		}
	}
	if c.Legs[0].StreamARN == c.Legs[1].StreamARN {
		t.Error("got one stream ARN for both legs, want two")
	}
	for _, e := range d.events {
		if uuid.Validate(e.ID) != nil || e.Call.TransactionID != txid || e.Call.Legs[e.Leg].StreamARN == "" {
			t.Errorf("got event %+v", e)
		}
	}
}

func TestCallIsLiveBeforeItsEventsAreSaved(t *testing.T) {
	r, d := registry()
	d.during = func(c timbre.Call) {
		if _, ok := r.Call(c.TransactionID); !ok {
			t.Error("got no live call during its save, want one")
		}
	}
	begin(t, r)
}

func TestBeginFailsIfTheCallCannotBeSaved(t *testing.T) {
	gone := timbre.Errorf(timbre.Unavailable, "", "disk full")
	for name, break_ := range map[string]func(*fakeStore){
		"store":     func(d *fakeStore) { d.fail = gone },
		"announcer": func(d *fakeStore) { d.mute = gone },
	} {
		t.Run(name, func(t *testing.T) {
			r, d := registry()
			break_(d)
			if _, _, err := r.Begin(t.Context(), twoLegs()); !errors.Is(err, gone) || timbre.KindOf(err) != timbre.Unavailable {
				t.Errorf("%s: got %v, want Unavailable", name, err)
			}
			if len(r.Live()) != 0 || len(r.calls) != 0 || testutil.ToFloat64(r.metrics.refused) != 1 {
				t.Errorf("%s: got %d live calls, want none, and one refusal counted", name, len(r.Live()))
			}
		})
	}
}

func TestBeginRequiresOneToThreeLegs(t *testing.T) {
	r, _ := registry()
	for _, n := range []int{0, 4} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			if _, _, err := r.Begin(t.Context(), timbre.Call{Legs: make([]timbre.Leg, n)}); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("%d legs: got %v, want Invalid", n, err)
			}
		})
	}
}

func TestLiveIsSortedByStart(t *testing.T) {
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
		t.Errorf("got %v, want %v", got, want)
	}
	if n := testutil.ToFloat64(r.metrics.live); n != 4 {
		t.Errorf("got gauge %v, want 4", n)
	}
}
