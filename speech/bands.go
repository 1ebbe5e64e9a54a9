package speech

import (
	"math"
	"time"

	"timbre"
)

// Loudness is followed in bands, in blocks of 8 ms: four of them are a window. Any four neighbours are a stretch as long as a window,
// so that two legs are compared at delays of 8 ms although their windows do not begin together.
const (
	bandCount = 6
	block     = 64 // samples
	perWindow = Window / block
	blockTime = block * time.Second / timbre.SampleRate
)

// bandEdges are in Hz.
var bandEdges = [bandCount + 1]float64{300, 600, 1000, 1500, 2000, 2600, 3300}

// loudness is the fourth root of the power in each band: near enough to how loud it sounds that a quiet stretch counts as well as
// a loud one.
type loudness [bandCount]float32

// restart forgets the incomplete block: what follows does not adjoin it.
func (b *bands) restart() { b.fill, b.sum = 0, [bandCount]float64{} }

// bands measures the loudness of a leg, block by block.
type bands struct {
	filters [bandCount]resonator
	x1, x2  float64                       // the last samples
	power   [perWindow][bandCount]float64 // of the last blocks, the newest at block%perWindow
	sum     [bandCount]float64            // of the incomplete block
	fill    int
	count   int // of complete blocks
}

func newBands() *bands {
	b := &bands{}
	for i := range b.filters {
		b.filters[i] = newResonator(bandEdges[i], bandEdges[i+1])
	}
	return b
}

// add takes audio and calls out for each block that it completes, with the loudness of the last four.
func (b *bands) add(pcm []int16, out func(loudness)) {
	for _, s := range pcm {
		x := float64(s) / 32768
		change := x - b.x2
		b.x1, b.x2 = x, b.x1
		for i := range b.filters {
			y := b.filters[i].follow(change)
			b.sum[i] += y * y
		}
		if b.fill++; b.fill == block {
			out(b.close())
		}
	}
}

func (b *bands) close() (l loudness) {
	b.power[b.count%perWindow] = b.sum
	b.count++
	b.fill, b.sum = 0, [bandCount]float64{}
	for i := range l {
		var p float64
		for k := range b.power {
			p += b.power[k][i]
		}
		l[i] = float32(math.Sqrt(math.Sqrt(p / Window)))
	}
	return l
}

// mean is the loudness of all bands.
func (l loudness) mean() (m float32) {
	for _, v := range l {
		m += v / bandCount
	}
	return m
}

// resonator is a band pass of second order.
type resonator struct {
	gain, a1, a2 float64
	y1, y2       float64
}

func newResonator(low, high float64) resonator {
	w := 2 * math.Pi * math.Sqrt(low*high) / timbre.SampleRate
	alpha := math.Sin(w) * (high - low) / math.Sqrt(low*high) / 2
	return resonator{gain: alpha / (1 + alpha), a1: -2 * math.Cos(w) / (1 + alpha), a2: (1 - alpha) / (1 + alpha)}
}

// follow takes by how much the next sample differs from the one before the last.
func (r *resonator) follow(change float64) float64 {
	y := r.gain*change - r.a1*r.y1 - r.a2*r.y2
	r.y1, r.y2 = y, r.y1
	return y
}
