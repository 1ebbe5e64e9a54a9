package console

import (
	"math"
	"sync"
	"time"

	"timbre"
)

const (
	levelStep = 100 * time.Millisecond
	levelsOf  = 200 // steps that are kept: 20 s
	silence   = -90 // dBFS: no level is lower
)

// level is how loud a step of a leg is.
type level struct {
	at        int64 // in steps of media time
	peak, rms int8  // in dBFS
}

// meter measures the levels of a leg, as a tap on it: whoever looks reads it, and a leg has one for all that look. It costs a pass over the
// samples, and keeps the last ones only.
type meter struct {
	key  legOf
	look int // how many look; guarded by meters
	stop func()

	mu   sync.Mutex
	ring [levelsOf]level
	n    int64 // steps so far
	step int64 // the one that is being measured
	peak int32
	sum  int64
	size int64 // samples of it
}

// Frame implements timbre.Tap.
func (m *meter) Frame(f timbre.Frame) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if step := int64(f.At / levelStep); step != m.step {
		m.put()
		m.step = step
	}
	for _, s := range f.PCM {
		x := int32(s)
		m.sum += int64(x * x)
		m.peak = max(m.peak, x, -x)
	}
	m.size += int64(len(f.PCM))
}

// End implements timbre.Tap.
func (m *meter) End() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put()
}

// put ends the step that is being measured, if anything of it has come.
func (m *meter) put() {
	if m.size == 0 {
		return
	}
	m.ring[m.n%levelsOf] = level{m.step, decibels(float64(m.peak)), decibels(math.Sqrt(float64(m.sum) / float64(m.size)))}
	m.n++
	m.peak, m.sum, m.size = 0, 0, 0
}

// since returns the levels after the first n that are still kept, and how many there have been by then.
func (m *meter) since(n int64) (list []level, next int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := max(n, m.n-levelsOf); i < m.n; i++ {
		list = append(list, m.ring[i%levelsOf])
	}
	return list, m.n
}

// loudest is the peak of the last steps, as many as a message covers.
func (m *meter) loudest(steps int64) int8 {
	m.mu.Lock()
	defer m.mu.Unlock()
	loudest := int8(silence)
	for i := max(0, m.n-steps); i < m.n; i++ {
		loudest = max(loudest, m.ring[i%levelsOf].peak)
	}
	return loudest
}

// decibels is a level in dBFS of an amplitude, 0 to 32768.
func decibels(amplitude float64) int8 {
	if amplitude < 1 {
		return silence
	}
	return int8(max(silence, math.Round(20*math.Log10(amplitude/32768))))
}

// legOf names a leg of a live call.
type legOf struct {
	transactionID string
	leg           int
}

// meters are those of the legs that somebody looks at.
type meters struct {
	calls timbre.Tapper
	mu    sync.Mutex
	byLeg map[legOf]*meter
}

func newMeters(calls timbre.Tapper) *meters { return &meters{calls: calls, byLeg: map[legOf]*meter{}} }

// look returns the meter of a leg, which release gives back; nil if there is no such live leg.
func (t *meters) look(key legOf) *meter {
	t.mu.Lock()
	defer t.mu.Unlock()
	m := t.byLeg[key]
	if m == nil {
		m = &meter{key: key}
		stop, err := t.calls.Tap(key.transactionID, key.leg, m)
		if err != nil {
			return nil
		}
		m.stop = stop
		t.byLeg[key] = m
	}
	m.look++
	return m
}

// release takes the tap off the leg once nobody looks.
func (t *meters) release(m *meter) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m.look--; m.look == 0 {
		m.stop()
		delete(t.byLeg, m.key)
	}
}
