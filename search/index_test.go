package search

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"timbre"
)

// A change of the index leaves what a new one would hold.
func TestAnIndexIsWhatWasPutAndNotRemoved(t *testing.T) {
	r, c := rand.New(rand.NewPCG(23, 1)), calibration(t)
	v := voiceprint(randomVoice(r))
	x, is := newIndex(192), map[string]timbre.Profile{}
	for step := range 6000 {
		id := fmt.Sprint(r.IntN(2500))
		switch p := profile(id, near(r, v.Embedding, 0.95*r.Float64())); {
		case step%1500 == 1499:
			now := noon.Add(time.Duration(r.IntN(60)) * time.Minute)
			x.expire(now)
			for id, p := range is {
				if !now.Before(p.Expires) {
					delete(is, id)
				}
			}
		case r.IntN(3) == 0:
			x.remove(id)
			delete(is, id)
		default:
			p.Expires = noon.Add(time.Duration(1+r.IntN(120)) * time.Minute)
			x.put(p, &c)
			is[id] = p
		}
		if step%500 == 499 {
			compareIndex(t, x, is, v, &c)
		}
	}
	for id := range is {
		x.remove(id)
	}
	if x.len() != 0 || len(x.blocks) != 0 {
		t.Errorf("got %d profiles in %d blocks, want none", x.len(), len(x.blocks))
	}
}

func compareIndex(t *testing.T, x *index, is map[string]timbre.Profile, v timbre.Voiceprint, c *Calibration) {
	t.Helper()
	var all []timbre.Profile
	for id, p := range is {
		slot, has := x.find(id)
		if !has {
			t.Fatalf("got no profile %s", id)
		}
		if b, i := x.at(x.places.row(slot)); b.ids[i] != id || b.expires[i] != p.Expires.UnixNano() || !same(vectorOf(b, i), p.Voiceprint.Embedding) {
			t.Fatalf("got profile %s in the place of %s", b.ids[i], id)
		}
		all = append(all, p)
	}
	if x.len() != len(is) {
		t.Fatalf("got %d profiles, want %d", x.len(), len(is))
	}
	for k, b := range x.blocks {
		for i, at := range b.expires[:b.n] {
			if x.due > b.due || b.due > at {
				t.Fatalf("block %d: got row %d to expire at %d, before the block at %d or all at %d", k, i, at, b.due, x.due)
			}
		}
	}
	q := newQuery(v, c, 0.5)
	x.scan(q)
	compareEvidence(t, fmt.Sprintf("%d profiles", len(is)), &q.evidence, exactly(v, all, c))
}

// What has been removed is nowhere in the memory that the index holds, or has held on the heap.
func TestARemovedVoiceIsOverwritten(t *testing.T) {
	r, c := rand.New(rand.NewPCG(24, 1)), calibration(t)
	x := newIndex(192)
	var high [][]int8
	var low [][]int16
	var rest []block
	for i := range blockRows + 40 {
		x.put(profile(fmt.Sprint(i), randomVoice(r)), &c)
		b := x.blocks[len(x.blocks)-1]
		if rest = append(rest, *b); len(b.ids) < blockRows {
			high, low = append(high, b.high), append(low, b.low)
		}
	}
	for i := range blockRows + 40 {
		if i%3 == 0 {
			x.expire(noon.Add(30 * time.Minute)) // nothing has expired
		}
		last := x.blocks[len(x.blocks)-1]
		if x.remove(fmt.Sprint(i)); last.high != nil {
			overwritten(t, [][]int8{last.highOf(last.n)}, [][]int16{last.lowOf(last.n)})
			erased(t, last, last.n)
		}
	}
	if len(x.blocks) != 0 {
		t.Errorf("got %d blocks, want none", len(x.blocks))
	}
	overwritten(t, high, low)
	for _, b := range rest {
		for i := range b.expires {
			erased(t, &b, i)
		}
	}
}

// erased checks that what a row had beside its vector is overwritten.
func erased(t *testing.T, b *block, row int) {
	t.Helper()
	for k := range b.columns {
		if b.columns[k][row] != 0 {
			t.Fatalf("column %d of row %d: got %v, want 0", k, row, b.columns[k][row])
		}
	}
	if b.expires[row] != 0 {
		t.Fatalf("row %d: got that it expires at %d, want 0", row, b.expires[row])
	}
}

// overwritten checks that both parts of vectors are.
func overwritten(t *testing.T, high [][]int8, low [][]int16) {
	t.Helper()
	for i := range high {
		if k := slices.IndexFunc(high[i], func(v int8) bool { return v != 0 }); k >= 0 {
			t.Fatalf("array %d of high parts: got %v at %d, want 0 everywhere", i, high[i][k], k)
		}
		if k := slices.IndexFunc(low[i], func(v int16) bool { return v != 0 }); k >= 0 {
			t.Fatalf("array %d of low parts: got %v at %d, want 0 everywhere", i, low[i][k], k)
		}
	}
}
