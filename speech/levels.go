package speech

import "slices"

// levels are those of the last windows of a kind, half a minute of them.
type levels struct {
	all  []float32
	next int
}

const levelCount = 940

func (l *levels) add(x float32) {
	if len(l.all) < levelCount {
		l.all = append(l.all, x)
		return
	}
	l.all[l.next] = x
	l.next = (l.next + 1) % levelCount
}

// share is the level that a share of them do not exceed.
func (l *levels) share(of float64) float32 {
	sorted := slices.Sorted(slices.Values(l.all))
	return sorted[int(of*float64(len(sorted)-1))]
}

func (l *levels) mean() (m float32) {
	for _, x := range l.all {
		m += x / float32(len(l.all))
	}
	return m
}
