package task

import (
	"strconv"
	"sync/atomic"
	"time"

	"timbre"
)

// Backlog is how much audio of a task may wait for its analysis. Beyond it the node is too slow for its calls, and the task
// fails.
const Backlog = time.Minute

const (
	lagMessage      = "the server is overloaded: parts of the call are not analysed"
	overflowMessage = "the server is overloaded: one minute of audio is waiting for analysis"
)

// sink receives the speech of one leg for a task.
type sink struct {
	actor        *actor
	subscription int
	leg          int                   // of the live call
	meter        timbre.ReceptionMeter // of the leg; nil: not known
}

func (s sink) Speech(speech timbre.Speech) {
	s.actor.engine.raiseHeard(timbre.TaskRef{Kind: s.actor.kind, ID: s.actor.id}, s.actor.transactionID, s.leg, speech)
	if s.actor.backlog.add(speech) {
		s.actor.inbox.put(speechReceived{s.subscription, speech})
	} else if !s.actor.overflowed.Swap(true) {
		s.actor.inbox.put(aborted{overflowMessage})
	}
}

func (s sink) SpeechEnded() {
	doubt := ""
	if s.meter != nil {
		doubt = s.meter.Reception().Doubts.String()
	}
	s.actor.inbox.put(legEnded{s.subscription, doubt})
}

func (s sink) Lagging(lags bool) {
	reason := ""
	if lags {
		reason = lagMessage
	}
	s.actor.degradation.set(subscriptionName(s.subscription), reason)
}

// meter is that of a leg; nil: not known.
func (e *Engine) meter(txid string, leg int) timbre.ReceptionMeter {
	if e.deps.Meters == nil {
		return nil
	}
	return e.deps.Meters.Meter(txid, leg)
}

// subscriptionName is the source of the degradation of a subscription.
func subscriptionName(number int) string { return "subscription " + strconv.Itoa(number) }

// backlog counts the audio that waits. A stretch without audio counts as one frame, so that silence is bounded too.
type backlog struct{ samples atomic.Int64 }

func (b *backlog) add(s timbre.Speech) bool {
	if b.samples.Add(weight(s)) <= int64(timbre.Samples(Backlog)) {
		return true
	}
	b.remove(s)
	return false
}

func (b *backlog) remove(s timbre.Speech) { b.samples.Add(-weight(s)) }

func weight(s timbre.Speech) int64 { return int64(max(len(s.PCM), timbre.FrameSamples)) }
