package task

import (
	"context"

	"timbre"
)

func (e bufferSpeech) run(a *actor) { a.buffer(e) }

func (e subscribe) run(a *actor) {
	a.jobs.put(func(context.Context) input {
		a.tracks = append(a.tracks, a.engine.deps.NewTrack())
		return nil
	})
	a.receive(context.Background(), e.leg, e.leg)
}

func (e resubscribe) run(a *actor) {
	a.unsubscribeAll()
	a.pcm, a.delays.seconds = nil, nil
	a.degradation.set(subscriptionName(e.subscription-1), "")
	a.receive(context.Background(), e.leg, e.subscription)
}

func (unsubscribe) run(a *actor) { a.unsubscribeAll() }

// buffer hands audio to the analysis: to the buffer of a speaker search, or to the track of the leg. A track receives it as
// a job, in order with the scores, so that no score includes audio that came after its media time.
func (a *actor) buffer(e bufferSpeech) {
	if s, is := a.current.(searchState); is {
		before := len(a.pcm) / timbre.SampleRate
		a.pcm = append(a.pcm, e.speech.PCM...)
		a.delays.fill(s.net)
		a.backlog.remove(e.speech)
		if len(a.pcm)/timbre.SampleRate > before {
			a.embedAhead(s.subscription)
		}
		return
	}
	a.jobs.put(func(context.Context) input {
		a.tracks[e.leg].Add(e.speech)
		a.backlog.remove(e.speech)
		return nil
	})
}
