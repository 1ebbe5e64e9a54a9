package call

import (
	"testing"

	"timbre"
	"timbre/environment"
)

func BenchmarkFrameToTwoTaps(b *testing.B) {
	d := &fakeStore{}
	r := New(environment.Environment{}, Deps{d, d})
	txid, legs, err := r.Begin(b.Context(), twoLegs())
	if err != nil {
		b.Fatal(err)
	}
	for range 2 {
		if _, err := r.Tap(txid, 0, &countingTap{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		legs[0].Frame(timbre.Frame{})
	}
}

func BenchmarkBeginAndEnd(b *testing.B) {
	d := &fakeStore{during: func(timbre.Call) {}}
	r := New(environment.Environment{}, Deps{d, d})
	b.ReportAllocs()
	for b.Loop() {
		txid, _, err := r.Begin(b.Context(), twoLegs())
		if err != nil {
			b.Fatal(err)
		}
		if err := r.End(b.Context(), txid, ""); err != nil {
			b.Fatal(err)
		}
		d.calls, d.sent = nil, nil
	}
}
