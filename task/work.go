package task

import (
	"context"

	"timbre"
)

// work is what takes long, and so is not done by the actor: audio must never wait for it. The worker of a task does one
// piece after the other; what comes of it goes back as an input. nil: nothing comes of it.
type work func(ctx context.Context) input

// work is the worker's goroutine.
func (a *actor) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.desk.ready:
			for _, w := range a.desk.take() {
				if ctx.Err() != nil {
					return
				}
				if in := w(ctx); in != nil {
					a.inbox.put(in)
				}
			}
		}
	}
}

// do brings an effect about, or puts it on the worker's desk.
func (a *actor) do(e effect) {
	switch e := e.(type) {
	case hear:
		a.keep(e)
	case identify:
		pcm, domain := a.pcm[:len(a.pcm):len(a.pcm)], a.now.record().DomainID
		a.desk.put(func(ctx context.Context) input {
			v, err := a.e.Embedder.Embed(ctx, timbre.Wave(nil, pcm), e.net)
			if err != nil {
				return a.failed(ctx, "identify", err)
			}
			m, err := a.e.Searcher.Search(ctx, domain, v)
			if err != nil {
				return a.failed(ctx, "identify", err)
			}
			return found{m}
		})
	case makePrint:
		pcm := a.pcm[:len(a.pcm):len(a.pcm)]
		a.desk.put(func(ctx context.Context) input {
			v, err := a.e.Embedder.Embed(ctx, timbre.Wave(nil, pcm), e.net)
			if err != nil {
				return a.failed(ctx, "voiceprint", err)
			}
			return printed{v}
		})
	case score:
		a.desk.put(func(ctx context.Context) input { return a.score(ctx, e) })
	case attend:
		a.desk.put(func(context.Context) input {
			a.tracks = append(a.tracks, a.e.NewTrack())
			return nil
		})
		a.listen(context.Background(), e.leg, e.leg)
	case anew:
		a.quiet()
		a.pcm = nil
		a.troubles.set(earName(e.ear-1), "")
		a.listen(context.Background(), e.ofCall, e.ear)
	case hush:
		a.quiet()
	}
}

// keep puts a stretch where the work finds it: the audio so far, or the leg's track. A track hears in the order of the
// desk, so that a look never hears what came after its moment, however late it is.
func (a *actor) keep(h hear) {
	if _, is := a.now.(search); is {
		a.pcm = append(a.pcm, h.speech.PCM...)
		a.backlog.done(h.speech)
		return
	}
	a.desk.put(func(context.Context) input {
		a.tracks[h.leg].Hear(h.speech)
		a.backlog.done(h.speech)
		return nil
	})
}

func (a *actor) score(ctx context.Context, s score) input {
	got, trouble := scored{score: s, legs: make([]legScore, len(a.tracks))}, ""
	for i, t := range a.tracks {
		l := &got.legs[i]
		if l.current, l.overall, l.ok, l.err = t.Score(ctx, s.at); l.err != nil {
			a.failed(ctx, "tone", l.err)
			if ctx.Err() == nil && timbre.KindOf(l.err) != timbre.Unprocessable {
				trouble = reason(l.err)
			}
		}
	}
	a.troubles.set("tone", trouble)
	return got
}

// failed logs a fault of the work, once, and makes the input of it. Poor audio is no fault of the server's.
func (a *actor) failed(ctx context.Context, what string, err error) input {
	log := a.e.Log.Error
	if ctx.Err() != nil || timbre.KindOf(err) == timbre.Unprocessable {
		log = a.e.Log.Info
	}
	log("no result", "task", a.id, "work", what, "error", err)
	return failed{err}
}
