package call

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

// gauge is a meter with a constant reception.
type gauge timbre.Reception

func (g gauge) Reception() timbre.Reception { return timbre.Reception(g) }

// ends records what Ended observes.
type ends struct {
	mu         sync.Mutex
	calls      []timbre.Call
	receptions [][]*timbre.Reception
}

func observeEnds(r *Registry) *ends {
	e := &ends{}
	r.Observe(Observers{Ended: func(c timbre.Call, receptions []*timbre.Reception) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.calls, e.receptions = append(e.calls, c), append(e.receptions, receptions)
	}})
	return e
}

func TestReceptionIsReportedAtTheEnd(t *testing.T) {
	var log bytes.Buffer
	metrics, d := prometheus.NewRegistry(), &fakeStore{}
	r := New(environment.Environment{Log: slog.New(slog.NewJSONHandler(&log, nil)), Metrics: metrics}, Deps{d, d})
	l := observeEnds(r)
	given := twoLegs()
	given.Warnings = []string{"unknown party +12065550100"}
	txid, legs, err := r.Begin(t.Context(), given)
	if err != nil {
		t.Fatal(err)
	}
	stream := gauge{Codec: "PCMU", Packets: 950, Lost: 50, Late: 2, Jitter: 3 * time.Millisecond}
	legs[1].SetMeter(stream)
	if got := r.Receptions(txid); len(got) != 2 || got[0] != nil || got[1] == nil || *got[1] != timbre.Reception(stream) {
		t.Errorf("got receptions %v, want that of leg 1 alone", got)
	}
	if got := r.Receptions("unknown"); len(got) != 0 {
		t.Errorf("unknown call: got receptions %v, want none", got)
	}
	d.set(errors.New("disk full"))
	if err := r.End(t.Context(), txid, "no media"); err == nil {
		t.Error("got no error from a full disk, want one")
	}
	if got := r.Receptions(txid); len(got) != 0 {
		t.Errorf("ended call: got receptions %v, want none", got)
	}
	d.set(nil)
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}

	if len(l.calls) != 1 {
		t.Fatalf("got %d ends, want 1", len(l.calls))
	}
	if c := l.calls[0]; c.TransactionID != txid || c.Failure != "no media" || c.Ended.IsZero() {
		t.Errorf("got end %+v, want that of %s with its failure", c, txid)
	}
	if got := l.receptions[0]; got[0] != nil || *got[1] != timbre.Reception(stream) {
		t.Errorf("got receptions %v, want that of leg 1 alone", got)
	}
	var line struct {
		Msg, Transaction, Reason, Failure string
		Warnings                          int
		Leg0                              map[string]any
		Leg1                              struct {
			Side, Codec         string
			Packets, Lost, Late int
			MOS                 float64
		}
	}
	if n := strings.Count(log.String(), `"call ended"`); n != 1 {
		t.Errorf("got %d log lines, want 1:\n%s", n, &log)
	}
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("got a log that is not JSON: %v\n%s", err, &log)
	}
	for what, c := range map[string][2]any{
		"transaction":         {line.Transaction, txid},
		"reason":              {line.Reason, "failure"},
		"failure":             {line.Failure, "no media"},
		"warnings":            {line.Warnings, 1},
		"attributes of leg 0": {len(line.Leg0), 1},
		"codec":               {line.Leg1.Codec, "PCMU"},
		"packets":             {line.Leg1.Packets, 950},
		"lost":                {line.Leg1.Lost, 50},
		"late":                {line.Leg1.Late, 2},
		"mos":                 {line.Leg1.MOS, timbre.Reception(stream).MOS()},
	} {
		if c[0] != c[1] {
			t.Errorf("log, %s: got %v, want %v", what, c[0], c[1])
		}
	}
	if strings.Contains(log.String(), "2065550100") {
		t.Errorf("got a phone number in the log, want none: %s", &log)
	}
	want := `# HELP timbre_call_leg_mos Mean opinion score of ended legs, estimated from loss and jitter, by codec.
# TYPE timbre_call_leg_mos histogram
timbre_call_leg_mos_bucket{codec="PCMU",le="2"} 0
timbre_call_leg_mos_bucket{codec="PCMU",le="2.6"} 0
timbre_call_leg_mos_bucket{codec="PCMU",le="3.1"} 0
timbre_call_leg_mos_bucket{codec="PCMU",le="3.6"} 0
timbre_call_leg_mos_bucket{codec="PCMU",le="4"} 1
timbre_call_leg_mos_bucket{codec="PCMU",le="4.3"} 1
timbre_call_leg_mos_bucket{codec="PCMU",le="+Inf"} 1
timbre_call_leg_mos_sum{codec="PCMU"} 3.92
timbre_call_leg_mos_count{codec="PCMU"} 1
`
	if err := testutil.GatherAndCompare(metrics, strings.NewReader(want), "timbre_call_leg_mos"); err != nil {
		t.Error(err)
	}
}

func TestMissedCallIsReported(t *testing.T) {
	var log bytes.Buffer
	d := &fakeStore{}
	r := New(environment.Environment{Log: slog.New(slog.NewJSONHandler(&log, nil))}, Deps{d, d})
	l := observeEnds(r)
	c := twoLegs()
	c.Bridged, c.Failure = true, "the server was stopped"
	received := []*timbre.Reception{{Codec: "PCMU", Packets: 7}, nil}
	r.Missed(c, received)
	if len(l.calls) != 1 {
		t.Fatalf("got %d ends, want 1", len(l.calls))
	}
	if got := l.calls[0]; got.TransactionID == "" || got.Ended.IsZero() || got.Failure != c.Failure {
		t.Errorf("got end %+v, want an id, a time and the failure", got)
	}
	if got := l.receptions[0][0].Packets; got != 7 {
		t.Errorf("got %d packets, want 7", got)
	}
	if s := log.String(); strings.Count(s, `"call ended"`) != 1 || !strings.Contains(s, `"reason":"unanalysed"`) {
		t.Errorf("got log %s, want one line with the reason unanalysed", s)
	}
	if n := len(r.Live()); n != 0 {
		t.Errorf("got %d live calls, want none", n)
	}
}

func TestRecoveredCallIsReported(t *testing.T) {
	stale := twoLegs()
	stale.TransactionID, stale.Started = "stale", time.Now().Add(-time.Hour)
	d := &fakeStore{live: []string{"stale"}, stale: map[string]timbre.Call{"stale": stale}}
	r := New(environment.Environment{}, Deps{d, d})
	l := observeEnds(r)
	if _, err := r.Interrupted(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(l.calls) != 1 || l.calls[0].Failure == "" || len(l.receptions[0]) != 2 || l.receptions[0][0] != nil {
		t.Errorf("got ends %+v with receptions %v", l.calls, l.receptions)
	}
}

// A leg whose packets are in doubt is a warning of its call while it lasts, and its meter works on after the end.
func TestALegThatCanHardlyBeHeardIsAWarning(t *testing.T) {
	r, _ := registry()
	txid, legs := begin(t, r)
	legs[1].SetMeter(gauge{Doubts: timbre.NotAuthentic})
	if got := r.Live()[0].Warnings; len(got) != 1 || !strings.Contains(got[0], "leg 1 can hardly be heard") {
		t.Errorf("got warnings %q, want one of leg 1", got)
	}
	meter := r.Meter(txid, 1)
	if r.Meter(txid, 2) != nil || r.Meter("unknown", 0) != nil {
		t.Error("got a meter of a leg that is not there")
	}
	if err := r.End(t.Context(), txid, ""); err != nil {
		t.Fatal(err)
	}
	if got := meter.Reception().Doubts; got != timbre.NotAuthentic {
		t.Errorf("got doubts %q after the end, want them to stay", got)
	}
}

func TestACanonicalNameOfAnotherPartyIsAWarning(t *testing.T) {
	for cname, want := range map[string]int{"bob@192.0.2.1": 1, "ann@192.0.2.1": 0, "f3Kx": 0} {
		r, _ := registry()
		given := twoLegs()
		given.Legs[0].Party, given.Legs[1].Party = "sip:ann@example.com", "sip:bob@example.com"
		_, legs, err := r.Begin(t.Context(), given)
		if err != nil {
			t.Fatal(err)
		}
		legs[0].SetMeter(gauge{CNAME: cname})
		if got := r.Live()[0].Warnings; len(got) != want {
			t.Errorf("%s: got warnings %q, want %d", cname, got, want)
		}
	}
}
