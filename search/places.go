package search

import "hash/maphash"

// places says in which row each profile of an index is. It is a hash table that is probed slot by slot, and leaves the ids to the rows: a
// map would keep them once more, and take three times as long to fill.
type places struct {
	seed  maphash.Seed
	slots []uint64 // the hash of an id in the upper half, its row and one in the lower; 0: free. At most half are taken.
	n     int
}

func newPlaces() places { return places{seed: maphash.MakeSeed(), slots: make([]uint64, 16)} }

func (p *places) hash(id string) uint32 { return uint32(maphash.String(p.seed, id)) }

// find returns the slot of an id, or the one that it would get. idOf is the id of a row.
func (p *places) find(id string, idOf func(row int) string) (slot int, has bool) {
	hash, last := p.hash(id), len(p.slots)-1
	for slot = int(hash) & last; ; slot = (slot + 1) & last {
		s := p.slots[slot]
		if s == 0 {
			return slot, false
		}
		if uint32(s>>32) == hash && idOf(rowIn(s)) == id {
			return slot, true
		}
	}
}

func rowIn(s uint64) int { return int(uint32(s)) - 1 }

// row is the one in a slot.
func (p *places) row(slot int) int { return rowIn(p.slots[slot]) }

// add puts an id that is not there in the slot that find has returned for it.
func (p *places) add(slot int, id string, row int) {
	p.slots[slot] = uint64(p.hash(id))<<32 | uint64(uint32(row)+1)
	if p.n++; 2*p.n > len(p.slots) {
		p.grow()
	}
}

// move says that the profile in a slot is in another row now.
func (p *places) move(slot, row int) {
	p.slots[slot] = p.slots[slot]>>32<<32 | uint64(uint32(row)+1)
}

// remove empties a slot. What follows and would not be found any more moves up.
func (p *places) remove(slot int) {
	p.n--
	last := len(p.slots) - 1
	for next := (slot + 1) & last; p.slots[next] != 0; next = (next + 1) & last {
		first := int(p.slots[next]>>32) & last // of those that it may be in
		if (next-first)&last >= (next-slot)&last {
			p.slots[slot] = p.slots[next]
			slot = next
		}
	}
	p.slots[slot] = 0
}

// grow doubles the table.
func (p *places) grow() {
	old := p.slots
	p.slots = make([]uint64, 2*len(old))
	last := len(p.slots) - 1
	for _, s := range old {
		if s == 0 {
			continue
		}
		slot := int(s>>32) & last
		for p.slots[slot] != 0 {
			slot = (slot + 1) & last
		}
		p.slots[slot] = s
	}
}
