package task

import (
	"context"
	"time"

	"timbre"
)

// job is work that takes long. The actor must not do it: audio would wait for it. The input that it returns goes to the
// inbox, unless it is nil.
type job func(ctx context.Context) input

// work is the worker's goroutine: one job after the other, in their order.
func (a *actor) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.jobs.ready:
			for _, j := range a.jobs.take() {
				if ctx.Err() != nil {
					return
				}
				if in := j(ctx); in != nil {
					a.inbox.put(in)
				}
			}
		}
	}
}

func (e identify) run(a *actor) {
	pcm, domain, segments := a.buffered(), a.current.record().DomainID, a.segments()
	wanted := a.delays.requestAt(ofIdentification, e.net)
	a.jobs.put(func(ctx context.Context) input {
		ctx = wanted.context(ctx)
		all := timbre.Wave(nil, pcm)
		voices, err := a.voices(ctx, "identification", all, e.net, segments())
		if err != nil {
			return a.workFailed(ctx, "identify", err)
		}
		voice, net, who := Sought(voices, all, e.net)
		v, err := a.embed(ctx, voice, net)
		if err != nil {
			return a.workFailed(ctx, "identify", err)
		}
		defer v.Erase()
		found, err := a.find(ctx, domain, v)
		if err != nil {
			return a.workFailed(ctx, "identify", err)
		}
		return searched{found, who, a.spoofing(ctx, voice)}
	})
}

func (e makeVoiceprint) run(a *actor) {
	pcm, segments := a.buffered(), a.segments()
	wanted := a.delays.requestAt(ofVoiceprint, min(e.net, e.need))
	a.jobs.put(func(ctx context.Context) input {
		ctx = wanted.context(ctx)
		voices, err := a.voices(ctx, "voiceprint", timbre.Wave(nil, pcm), e.net, segments())
		if err != nil {
			return a.workFailed(ctx, "voiceprint", err)
		}
		if voices.Other > 0 && voices.Net < ForVoiceprint {
			return voicesMixed{voices.Net, voices.Other}
		}
		v, err := a.embed(ctx, voices.PCM, voices.Net)
		if err != nil {
			return a.workFailed(ctx, "voiceprint", err)
		}
		if a.engine.cfg.KeepAudio {
			v.Audio = timbre.PCM(nil, voices.PCM)
		}
		return voiceprintMade{v, voices.Other, a.spoofing(ctx, voices.PCM)}
	})
}

// spoofing warns of a voice that may be synthetic, if the operator has it checked.
func (a *actor) spoofing(ctx context.Context, pcm []float32) string {
	if a.engine.deps.Spoof == nil {
		return ""
	}
	defer a.engine.metrics.step("spoof")()
	return a.engine.deps.Spoof.Warn(ctx, pcm)
}

// embed makes a voiceprint.
func (a *actor) embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
	defer a.engine.metrics.step("embed")()
	return a.engine.deps.Embedder.Embed(ctx, pcm, net)
}

// find searches a domain.
func (a *actor) find(ctx context.Context, domain string, v timbre.Voiceprint) (timbre.Finding, error) {
	defer a.engine.metrics.step("search")()
	return a.engine.deps.Searcher.Search(ctx, domain, v)
}

// voices tells the voices in audio apart.
func (a *actor) voices(ctx context.Context, result string, pcm []float32, net time.Duration, segments *timbre.Segments) (timbre.Voices, error) {
	defer a.engine.metrics.step("voices")()
	v, err := a.engine.deps.Embedder.VoicesBy(ctx, pcm, net, segments)
	if err == nil && v.Other > 0 {
		a.engine.metrics.secondVoices.WithLabelValues(result).Inc()
	}
	return v, err
}

// buffered is the audio so far. What is appended later does not change it.
func (a *actor) buffered() []int16 { return a.pcm[:len(a.pcm):len(a.pcm)] }

// workFailed logs a failed job. Audio that is too poor is no error of the server.
func (a *actor) workFailed(ctx context.Context, work string, err error) input {
	log := a.engine.env.Log.Error
	if ctx.Err() != nil || timbre.KindOf(err) == timbre.Unprocessable {
		log = a.engine.env.Log.Info
	}
	log("analysis failed", "task", a.id, "work", work, "error", err)
	return workFailed{err}
}
