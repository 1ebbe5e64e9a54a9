package call

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"timbre"
)

// observed records the names of all observers that are raised, in order.
func observed(r *Registry) *[]string {
	var names []string
	r.Observe(Observers{
		Begun:   func(context.Context, timbre.Call) { names = append(names, "begun") },
		Changed: func(context.Context, timbre.Call) { names = append(names, "changed") },
		Ended:   func(timbre.Call, []*timbre.Reception) { names = append(names, "ended") },
	})
	return &names
}

func TestObserversAreRaisedInOrder(t *testing.T) {
	r, _ := registry()
	r.Observe(Observers{}) // nil functions are skipped
	names := observed(r)
	txid, _ := begin(t, r)
	for _, change := range []timbre.Change{{Metadata: "<m/>"}, {Legs: []timbre.Leg{{Index: 2}}}} {
		if _, err := r.Update(t.Context(), txid, change); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := r.End(t.Context(), txid, ""); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{"begun", "changed", "ended"}; !slices.Equal(*names, want) {
		t.Errorf("got observers %v, want %v", *names, want)
	}
}

func TestObserversOfWritesThatFail(t *testing.T) {
	r, d := registry()
	names := observed(r)
	txid, _ := begin(t, r)
	d.set(errors.New("disk full"))
	if _, _, err := r.Begin(t.Context(), twoLegs()); err == nil {
		t.Error("Begin: got no error, want one")
	}
	if _, err := r.Update(t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Index: 2}}}); err == nil {
		t.Error("Update: got no error, want one")
	}
	if err := r.End(t.Context(), txid, ""); err == nil {
		t.Error("End: got no error, want one")
	}
	d.set(nil)
	if err := r.End(t.Context(), txid, ""); err != nil { // saves the end, which was reported before
		t.Error(err)
	}
	if want := []string{"begun", "ended"}; !slices.Equal(*names, want) {
		t.Errorf("got observers %v, want %v", *names, want)
	}
}

func TestObserversMayReadAndTapTheCall(t *testing.T) {
	r, _ := registry()
	tap := &countingTap{}
	var legs, changedLegs int
	r.Observe(Observers{
		Begun: func(ctx context.Context, c timbre.Call) {
			live, _ := r.Call(c.TransactionID)
			legs = len(live.Legs)
			if ctx.Err() != nil {
				t.Error("got a cancelled context, want one that survives the request")
			}
		},
		Changed: func(_ context.Context, c timbre.Call) {
			changedLegs = len(c.Legs)
			if _, err := r.Tap(c.TransactionID, 2, tap); err != nil {
				t.Error(err)
			}
		},
	})
	txid, _ := begin(t, r)
	added, err := r.Update(t.Context(), txid, timbre.Change{Legs: []timbre.Leg{{Index: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	added[0].Frame(timbre.Frame{})
	if legs != 2 || changedLegs != 3 || tap.frames != 1 {
		t.Errorf("got %d legs, then %d, and %d frames; want 2, 3 and 1", legs, changedLegs, tap.frames)
	}
}

func TestUpdateIsObservedWithTheHeadersOfItsMessage(t *testing.T) {
	r, _ := registry()
	var got []timbre.Call
	r.Observe(Observers{Updated: func(_ context.Context, c timbre.Call) { got = append(got, c) }})
	txid, _ := begin(t, r)
	headers := map[string]string{"cseq": "2 UPDATE"}
	if _, err := r.Update(t.Context(), txid, timbre.Change{Headers: headers, Metadata: "<newer/>"}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].TransactionID != txid || got[0].Metadata != "<newer/>" || !maps.Equal(got[0].Headers, headers) {
		t.Errorf("got updates %+v, want one with %v", got, headers)
	}
	if c, _ := r.Call(txid); maps.Equal(c.Headers, headers) {
		t.Error("got the headers of the message as those of the call, want those of the INVITE")
	}
}
