package call

import (
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// A leg is deaf if its audio has no sound for deafFor, while the others have sound for talkFor: its packets come, but not the voice of its
// party, such as from a muted or wrongly connected side. A party that listens to a long story is silent for less, or is heard now and then.
const (
	deafFor = 2 * time.Minute
	talkFor = time.Minute
)

// audible is a sample, of 32768, that is louder than the noise of a line: -40 dB.
const audible = 328

// talk tells which legs of a call have sound. Its methods are called by the receivers of all legs at once.
type talk struct {
	log           *slog.Logger
	found         prometheus.Counter // deaf legs
	transactionID string
	legs          [maxLegs]balance
}

// balance is what a leg has had since its last sound.
type balance struct {
	quiet  atomic.Int64 // of its own audio
	others atomic.Int64 // sound of other legs
	deaf   atomic.Bool
}

// sounds reports whether audio has a sound.
func sounds(pcm []int16) bool {
	for _, s := range pcm {
		if s > audible || s < -audible {
			return true
		}
	}
	return false
}

// reset forgets it. Most of the time there is nothing to forget, and a write would take the memory away from the other legs' receivers.
func (b *balance) reset() {
	if b.quiet.Load() != 0 {
		b.quiet.Store(0)
	}
	if b.others.Load() != 0 {
		b.others.Store(0)
	}
	if b.deaf.Load() {
		b.deaf.Store(false)
	}
}

func (r *Registry) newTalk(txid string) *talk {
	return &talk{log: r.env.Log, found: r.metrics.deaf, transactionID: txid}
}

// frame takes in the audio of a leg.
func (t *talk) frame(leg int, pcm []int16) {
	length := int64(timbre.Duration(len(pcm)))
	own := &t.legs[leg]
	if !sounds(pcm) {
		if own.quiet.Add(length) >= int64(deafFor) && own.others.Load() >= int64(talkFor) && !own.deaf.Swap(true) {
			t.found.Inc()
			t.log.Warn("a leg brings audio without any sound while the other party talks", "transaction", t.transactionID, "leg", leg)
		}
		return
	}
	own.reset()
	for i := range t.legs {
		if i != leg {
			t.legs[i].others.Add(length)
		}
	}
}

// warnings are the doubts about the legs of a call, with those of the legs that are deaf or whose packets are.
func (e *entry) warnings() []string {
	list := e.call.Warnings
	for i := range e.legs {
		if e.talk.legs[i].deaf.Load() {
			list = append(slices.Clip(list), fmt.Sprintf("leg %d brings audio without any sound while the other party talks", i))
		}
		list = append(slices.Clip(list), e.doubts(i)...)
	}
	return list
}

// doubts are those about the packets of a leg.
func (e *entry) doubts(leg int) (list []string) {
	r := e.legs[leg].reception()
	if r == nil {
		return nil
	}
	if r.Doubts != 0 {
		list = append(list, fmt.Sprintf("leg %d can hardly be heard: %s", leg, r.Doubts))
	}
	if e.call.Contradicts(leg, r.CNAME) {
		list = append(list, fmt.Sprintf("leg %d: RTCP names another party as its source (CNAME) than the metadata", leg))
	}
	return list
}
