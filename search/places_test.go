package search

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

func TestPlacesFindWhatWasAddedAndNotRemoved(t *testing.T) {
	r := rand.New(rand.NewPCG(27, 1))
	p, ids, is := newPlaces(), []string{}, map[string]int{}
	idOf := func(row int) string { return ids[row] }
	for step := range 20_000 {
		id := strconv.Itoa(r.IntN(3000))
		slot, has := p.find(id, idOf)
		if row, want := is[id]; has != want || has && p.row(slot) != row {
			t.Fatalf("step %d, %s: got %v, want %v in row %d", step, id, has, want, row)
		}
		switch {
		case !has:
			p.add(slot, id, len(ids))
			is[id], ids = len(ids), append(ids, id)
		case r.IntN(2) == 0:
			p.move(slot, len(ids))
			is[id], ids = len(ids), append(ids, id)
		default:
			p.remove(slot)
			delete(is, id)
		}
		if p.n != len(is) || 2*p.n > len(p.slots) {
			t.Fatalf("step %d: got %d in %d slots, want %d in twice as many at least", step, p.n, len(p.slots), len(is))
		}
	}
	for _, id := range slices.Collect(maps.Keys(is)) {
		slot, has := p.find(id, idOf)
		if !has {
			t.Fatalf("got %s missing", id)
		}
		p.remove(slot)
	}
	if slices.ContainsFunc(p.slots, func(s uint64) bool { return s != 0 }) {
		t.Error("got slots taken after all were removed")
	}
}

// Ids whose hashes are equal are told apart, also beyond the end of the table, where probing begins anew.
func TestPlacesTellEqualHashesApart(t *testing.T) {
	ids := []string{"a", "b", "c"}
	idOf := func(row int) string { return ids[row] }
	for range 100 { // each with another hash of "a"
		p := newPlaces()
		hash := p.hash("a")
		for row := 1; row < len(ids); row++ {
			p.slots[(int(hash)+row-1)%len(p.slots)] = uint64(hash)<<32 | uint64(row+1)
		}
		slot, has := p.find("a", idOf)
		if want := (int(hash) + 2) % len(p.slots); has || slot != want {
			t.Fatalf("got slot %d, %v; want %d, which is free", slot, has, want)
		}
		p.add(slot, "a", 0)
		if slot, has := p.find("a", idOf); !has || p.row(slot) != 0 {
			t.Errorf("got row %d, %v; want 0", p.row(slot), has)
		}
	}
}
