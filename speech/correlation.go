package speech

import "math"

// level is a loudness and its square, band by band.
type level struct{ x, xx [bandCount]float64 }

func newLevel(l loudness) (v level) {
	for b, x := range l {
		v.x[b] = float64(x)
		v.xx[b] = v.x[b] * v.x[b]
	}
	return v
}

// own is the loudness of the windows of a measurement, and what all its correlations have in common.
type own struct {
	y         [compared][bandCount]float64
	sum, sum2 [bandCount]float64 // of y, and of its square
}

func newOwn(windows []*window) (o own) {
	for i, w := range windows {
		l := newLevel(w.loud[perWindow-1])
		o.y[i] = l.x
		for b := range o.sum {
			o.sum[b] += l.x[b]
			o.sum2[b] += l.xx[b]
		}
	}
	return o
}

// correlate is the correlation with another leg, of all bands together, each without its mean.
func (o *own) correlate(other []level) float64 {
	var xx, yy, xy float64
	const n = compared
	for b := range o.sum {
		var sx, sxx, sxy float64
		for i := range o.y {
			l := &other[i*perWindow]
			sx += l.x[b]
			sxx += l.xx[b]
			sxy += l.x[b] * o.y[i][b]
		}
		xx += sxx - sx*sx/n
		yy += o.sum2[b] - o.sum[b]*o.sum[b]/n
		xy += sxy - sx*o.sum[b]/n
	}
	return xy / math.Sqrt(xx*yy+1e-20)
}
