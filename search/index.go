package search

import (
	"math"
	"slices"
	"sync/atomic"
	"time"

	"timbre"
)

// index holds the voices of a domain's profiles that one model has made. All blocks but the last are full. It is not safe for
// concurrent use.
type index struct {
	dim    int
	blocks []*block
	places places
	due    int64 // Unix time in nanoseconds: no profile expires earlier
	floor  atomic.Pointer[floor]
}

// newIndex returns an empty index of embeddings with dim values.
func newIndex(dim int) *index {
	return &index{dim: dim, places: newPlaces(), due: math.MaxInt64}
}

func (x *index) len() int { return x.places.n }

// find returns the slot of a profile in the places, or the one that it would get.
func (x *index) find(id string) (slot int, has bool) { return x.places.find(id, x.id) }

// id is that of a row.
func (x *index) id(row int) string {
	b, i := x.at(row)
	return b.ids[i]
}

// put adds a profile, or replaces what it was; false if its embedding cannot be compared with the others: then it is in the index no
// more.
func (x *index) put(p timbre.Profile, c *Calibration) bool {
	e := p.Voiceprint.Embedding
	if len(e) == 0 || len(e) != x.dim || !finite(e) {
		x.remove(p.ID)
		return false
	}
	r := row{p.ID, p.Expires.UnixNano(), e, c.side(p.Voiceprint)}
	x.due = min(x.due, r.expires)
	slot, has := x.find(p.ID)
	if has {
		b, i := x.at(x.places.row(slot))
		b.set(i, r)
		return true
	}
	x.places.add(slot, p.ID, x.len())
	if last := len(x.blocks) - 1; last < 0 || x.blocks[last].n == blockRows {
		b := newBlock(x.dim)
		if last >= 0 { // of a domain that fills blocks: growing by and by would copy a third of it
			b.grow(blockRows)
		}
		x.blocks = append(x.blocks, b)
	}
	x.blocks[len(x.blocks)-1].append(r)
	return true
}

// remove takes a profile out and overwrites its voice: the last one takes its place.
func (x *index) remove(id string) {
	slot, has := x.find(id)
	if !has {
		return
	}
	at, end := x.places.row(slot), len(x.blocks)-1
	last := x.blocks[end]
	if b, i := x.at(at); b != last || i != last.n-1 {
		moved, _ := x.find(last.ids[last.n-1])
		x.places.move(moved, at)
		b.move(i, last, last.n-1)
	}
	x.places.remove(slot)
	if last.drop(); last.n == 0 {
		last.wipe()
		x.blocks[end], x.blocks = nil, x.blocks[:end]
	}
}

// expire removes the profiles that have expired at now. It looks into blocks with such profiles alone.
func (x *index) expire(now time.Time) {
	if now.UnixNano() < x.due {
		return
	}
	x.due = math.MaxInt64
	for _, b := range slices.Backward(x.blocks) { // from the end: what takes the place of a removed row has been seen
		if b.due <= now.UnixNano() {
			x.expireRows(b, now.UnixNano())
		}
		x.due = min(x.due, b.due)
	}
}

// expireRows removes the profiles of a block that have expired at now. The block may be gone then.
func (x *index) expireRows(b *block, now int64) {
	for i := b.n - 1; i >= 0; i-- {
		if b.expires[i] <= now {
			x.remove(b.ids[i])
		}
	}
	b.due = math.MaxInt64
	for _, at := range b.expires[:b.n] {
		b.due = min(b.due, at)
	}
}

// wipe overwrites all voices. The index is of no use afterwards.
func (x *index) wipe() {
	for _, b := range x.blocks {
		b.wipe()
	}
	x.blocks, x.places = nil, newPlaces()
}

// at returns the block and the row in it.
func (x *index) at(row int) (b *block, i int) { return x.blocks[row/blockRows], row % blockRows }

// alike is the probability that two profiles are of one person, among n.
func (x *index) alike(a, b, n int, c *Calibration, gaps []gap) float64 {
	one, i := x.at(a)
	other, j := x.at(b)
	v, w := one.side(i), other.side(j)
	return sigmoid(c.llr(one.productWith(i, other, j), &v, &w, gaps) + math.Log(twice/float64(n)))
}

// floor is the llr above the mean of strangers that a promise on them demands of n profiles.
type floor struct {
	share float64
	n     int
	llr   float64
}

// least returns the floor for n profiles. It is computed again only when their number or the promise has changed.
func (x *index) least(s *Strangers, share float64, n int) float64 {
	f := x.floor.Load()
	if f == nil || f.share != share || f.n != n {
		f = &floor{share, n, s.least(share, n)}
		x.floor.Store(f)
	}
	return f.llr
}
