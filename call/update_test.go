package call

import (
	"errors"
	"slices"
	"testing"

	"timbre"
)

func TestUpdate(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	before, _ := r.Call(txid)
	again := map[string]string{"cseq": "2 INVITE"}
	if added, err := r.Update(t.Context(), txid, timbre.Change{Headers: again, Group: "g", Warnings: []string{"doubtful"}}); err != nil || added != nil {
		t.Fatal(added, err)
	}
	if c, _ := r.Call(txid); c.Group != "g" || !slices.Equal(c.Warnings, []string{"doubtful"}) {
		t.Errorf("got group %q and warnings %q", c.Group, c.Warnings)
	}
	if !slices.Equal(d.sent[1], []string{"Streaming Status UPDATED 0"}) || d.events[0].Call.Headers["cseq"] != "2 INVITE" {
		t.Errorf("got events %q with headers %v, want UPDATED with the new headers", d.sent[1], d.events[0].Call.Headers)
	}
	legs := []timbre.Leg{{Side: timbre.Caller, Index: 1, Label: "0", Party: "sip:a@b"}, {Side: timbre.Mixed, Index: 2, Label: "7"}}
	added, err := r.Update(t.Context(), txid, timbre.Change{Headers: again, Metadata: "<newer/>", Legs: legs})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"Streaming Status UPDATED 0", "Streaming Status STARTED 2", "VoiceAnalyticsStatus AnalyticsReady 2"}; !slices.Equal(d.sent[2], want) {
		t.Errorf("got events %q, want %q", d.sent[2], want)
	}
	c, _ := r.Call(txid)
	for what, c := range map[string][2]any{
		"metadata": {c.Metadata, "<newer/>"},
		"cseq":     {c.Headers["cseq"], "1 INVITE"},
		"group":    {c.Group, "g"},
		"warnings": {len(c.Warnings), 0},
		"legs":     {len(c.Legs), 3},
		"party":    {c.Legs[1].Party, "sip:a@b"},
	} {
		if c[0] != c[1] {
			t.Errorf("%s: got %v, want %v", what, c[0], c[1])
		}
	}
	if c.Legs[0] != before.Legs[0] || c.Legs[1].StreamARN != before.Legs[1].StreamARN || c.Legs[2].StreamARN == "" || before.Legs[1].Party != "" {
		t.Errorf("got legs %+v after %+v", c.Legs, before.Legs)
	}
	if l, err := r.Listener(txid, 2); err != nil || len(added) != 1 || added[0] != l {
		t.Errorf("new leg: got listener %v, want %v: %v", added, l, err)
	}
	received := tapped(t, r, txid, 2)
	if added[0].Frame(timbre.Frame{}); received.frames != 1 {
		t.Errorf("new leg: got %d frames, want 1", received.frames)
	}
	if _, err := r.Update(t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Index: 9}}}); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("fourth leg: got %v, want Invalid", err)
	}
	if _, err := r.Update(t.Context(), "unknown", timbre.Change{}); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("unknown call: got %v, want NotFound", err)
	}
}

func TestAllStartedIsSentOnce(t *testing.T) {
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
		if !slices.Equal(d.sent[i+1], said) {
			t.Errorf("got events %q, want %q", d.sent[i+1], said)
		}
	}
	if want := []string{"Streaming Status STARTED 0", "VoiceAnalyticsStatus AnalyticsReady 0"}; !slices.Equal(d.sent[0], want) {
		t.Errorf("one leg: got events %q, want %q", d.sent[0], want)
	}
}

func TestUpdateThatCannotBeSavedChangesNothing(t *testing.T) {
	r, d := registry()
	txid, _ := begin(t, r)
	d.fail = errors.New("disk full")
	if _, err := r.Update(t.Context(), txid, timbre.Change{Metadata: "<newer/>", Legs: []timbre.Leg{{Index: 5}}}); !errors.Is(err, d.fail) {
		t.Error(err)
	}
	if c, _ := r.Call(txid); c.Metadata != "<recording/>" || len(c.Legs) != 2 {
		t.Errorf("got call %+v", c)
	}
}
