package tone

import "time"

// steady is the speech that a voice must give until its own mean counts as much as that of plain reading: six looks of 5 s.
const steady = 30 * time.Second

// baseline is how one voice scores over a call: the mean of its log-odds, weighted by the new speech of each look and shrunk towards
// that of plain reading. Some voices sound negative to the model whatever they say; what a call is about is the change.
type baseline struct {
	calibration Calibration
	sum         Odds    // of the distances from plain reading, times their weights
	weight      float64 // seconds
}

// relative returns log-odds less the distance of the voice's earlier ones from plain reading. The better the voice is known, the
// smaller the change that counts. Without a calibration it is not known what plain reading is, and the log-odds stay as they are.
func (b *baseline) relative(o Odds) Odds {
	if b.calibration == (Calibration{}) {
		return o
	}
	all := b.weight + steady.Seconds()
	return o.plus(-1/all, b.sum).plus(b.weight/all, b.calibration.Known)
}

// add takes the log-odds of a look and the speech that was new in it.
func (b *baseline) add(o Odds, speech time.Duration) {
	w := speech.Seconds()
	b.sum = b.sum.plus(w, o.plus(-1, b.calibration.Plain))
	b.weight += w
}
