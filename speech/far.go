package speech

import (
	"time"

	"timbre"
)

// farBlocks is how much of another leg is remembered: as much as a measurement needs, and what it may lag behind.
const farBlocks = 512

// maxDrift is by how many blocks the clocks of two legs may move against each other before they are paired anew.
const maxDrift = 12

// far is another leg of the call, as the echo gate of this one hears it.
type far struct {
	bands   *bands
	next    time.Duration
	started bool
	fresh   bool // something was heard since the legs were paired last
	ring    [farBlocks]loudness
	active  [farBlocks]bool // the same, as far as it is above activeFar
	newest  int             // block
	offset  int             // what to add to a block of this leg for the block of the other that was heard at the same time
	paired  bool
	path    path
}

func newFar() *far { return &far{bands: newBands()} }

// hear takes a frame of the other leg. What was not sent is silence.
func (f *far) hear(frame timbre.Frame) {
	if gap := frame.At - f.next; f.started && gap > MaxGap {
		for range min(int(gap/blockTime), farBlocks) {
			f.put(loudness{})
		}
	} else if gap < 0 {
		f.paired = false
	}
	f.started, f.fresh = true, true
	f.next = frame.At + timbre.Duration(len(frame.PCM))
	f.bands.add(frame.PCM, f.put)
}

func (f *far) put(l loudness) {
	f.newest++
	f.ring[f.newest%farBlocks], f.active[f.newest%farBlocks] = l, l.mean() > activeFar
}

// pair compares the clocks of the legs when this one is at a block. A path is forgotten with the clock that it was found by.
func (f *far) pair(at int) {
	if !f.fresh {
		return
	}
	f.fresh = false
	if offset := f.newest - at; !f.paired || offset-f.offset > maxDrift || f.offset-offset > maxDrift {
		f.offset, f.paired, f.path = offset, true, path{}
	}
}

// at is the loudness at a block of this leg's clock; silence if it is not known.
func (f *far) at(own int) loudness {
	if k, known := f.place(own); known {
		return f.ring[k]
	}
	return loudness{}
}

// activeAt says whether the other leg is loud at a block of this leg's clock.
func (f *far) activeAt(own int) bool {
	k, known := f.place(own)
	return known && f.active[k]
}

// place is where in the ring a block of this leg's clock is; false if it is not known.
func (f *far) place(own int) (place int, known bool) {
	k := own + f.offset
	return k & (farBlocks - 1), k > 0 && k <= f.newest && k > f.newest-farBlocks
}
