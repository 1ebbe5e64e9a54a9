package speech

// fars are the other legs of the call, by their numbers.
type fars map[int]*far

func (f fars) leg(number int) *far {
	if f[number] == nil {
		f[number] = newFar()
	}
	return f[number]
}

// pair compares the clocks of the legs with that of this one, which is at a block.
func (f fars) pair(at int) {
	for _, leg := range f {
		leg.pair(at)
	}
}

// What is heard of a party around a moment says whether it talks: in blocks.
const (
	pausing = 36 // it may still talk so long after it was heard, 0.3 s
	sooner  = 8  // and so long before, as its leg may be behind
)

// talk says whether a party talks at a block of this leg.
func (f fars) talk(block int) bool {
	for _, leg := range f {
		for k := -pausing; k <= sooner; k++ {
			if leg.activeAt(block + k) {
				return true
			}
		}
	}
	return false
}
