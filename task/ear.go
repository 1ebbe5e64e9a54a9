package task

import (
	"strconv"
	"sync/atomic"
	"time"

	"timbre"
)

// Backlog is how much audio of a task may wait to be worked off. When there is more, the node is too slow for its calls,
// and the task fails.
const Backlog = time.Minute

const lagging = "the server is overloaded: parts of the call are not heard"

const overflow = "the server is overloaded: a minute of the call was waiting to be analysed"

// Ear is told what is heard on a leg: from one goroutine at a time, the stretches in order and HungUp last. Lags tells, from
// any goroutine, that some of the leg is lost because hearing lags behind it, and that it has caught up. No method makes its
// caller wait.
type Ear interface {
	Heard(timbre.Speech)
	HungUp()
	Lags(bool)
}

// ear is the task's on one leg.
type ear struct {
	a   *actor
	leg int
}

func (e ear) Heard(s timbre.Speech) {
	if e.a.backlog.add(s) {
		e.a.inbox.put(heard{e.leg, s})
	} else if !e.a.full.Swap(true) {
		e.a.inbox.put(lost{overflow})
	}
}

func (e ear) HungUp() { e.a.inbox.put(hungUp{e.leg}) }

func (e ear) Lags(does bool) {
	why := ""
	if does {
		why = lagging
	}
	e.a.troubles.set(earName(e.leg), why)
}

// earName is what the troubles of an ear are known by.
func earName(number int) string { return "ear " + strconv.Itoa(number) }

// backlog counts the audio that waits. A stretch without any counts as one frame, so that silence is bounded too.
type backlog struct{ samples atomic.Int64 }

func (b *backlog) add(s timbre.Speech) bool {
	if b.samples.Add(weight(s)) <= int64(timbre.Samples(Backlog)) {
		return true
	}
	b.done(s)
	return false
}

func (b *backlog) done(s timbre.Speech) { b.samples.Add(-weight(s)) }

func weight(s timbre.Speech) int64 { return int64(max(len(s.PCM), timbre.FrameSamples)) }
