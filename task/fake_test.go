package task

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"timbre"
)

// fakeAnnouncer is an Announcer that records the events and renders their status.
type fakeAnnouncer struct {
	mu     sync.Mutex
	events []timbre.Event
}

func (a *fakeAnnouncer) Notices(_ context.Context, events ...timbre.Event) (n []timbre.Notice, _ error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range events {
		n = append(n, timbre.Notice{ID: e.ID, Key: e.TaskID, Payload: fmt.Append(nil, e.Status, "/", e.Leg)})
	}
	a.events = append(a.events, events...)
	return n, nil
}

// statuses returns the statuses of all events, in order.
func (a *fakeAnnouncer) statuses() (statuses []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, e := range a.events {
		statuses = append(statuses, e.Status)
	}
	return statuses
}

type (
	fakeCalls    struct{ h *harness }
	fakeSpeech   struct{ h *harness }
	fakeEmbedder struct{ h *harness }
	fakeSearcher struct{ h *harness }
	fakeTrack    struct {
		h      *harness
		leg    int
		mu     sync.Mutex
		speech []timbre.Speech
	}
)

func (f fakeCalls) Call(id string) (timbre.Call, bool) {
	f.h.mu.Lock()
	defer f.h.mu.Unlock()
	c, ok := f.h.live[id]
	return c, ok
}

func (f fakeCalls) MediaTime(string, int) time.Duration { return f.h.at }

func (f fakeSpeech) Listen(_ context.Context, id string, leg int, to timbre.SpeechSink) (func(), error) {
	f.h.mu.Lock()
	defer f.h.mu.Unlock()
	if _, ok := f.h.live[id]; !ok {
		return nil, notFound("call")
	}
	f.h.sinks[leg] = append(f.h.sinks[leg], to)
	return func() {
		f.h.mu.Lock()
		defer f.h.mu.Unlock()
		f.h.sinks[leg] = slices.DeleteFunc(slices.Clone(f.h.sinks[leg]), func(s timbre.SpeechSink) bool { return s == to })
	}, nil
}

// fanOut is all sinks of a leg.
type fanOut []timbre.SpeechSink

func (c fanOut) Speech(s timbre.Speech) {
	for _, e := range c {
		e.Speech(s)
	}
}

func (c fanOut) Lagging(lags bool) {
	for _, e := range c {
		e.Lagging(lags)
	}
}

func (c fanOut) SpeechEnded() {
	for _, e := range c {
		e.SpeechEnded()
	}
}

func (f fakeEmbedder) AddSegments(ctx context.Context, pcm []int16, segments *timbre.Segments) error {
	for len(*segments) < len(pcm)/timbre.SampleRate {
		if err := f.h.segment(ctx); err != nil {
			return err
		}
		*segments = append(*segments, f.h.store.copies.segment())
	}
	return nil
}

func (f fakeEmbedder) VoicesBy(ctx context.Context, pcm []float32, net time.Duration, segments *timbre.Segments) (timbre.Voices, error) {
	if err := f.AddSegments(ctx, timbre.PCM(nil, pcm), segments); err != nil {
		return timbre.Voices{}, err
	}
	return f.h.voices(pcm, net)
}

func (f fakeEmbedder) Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
	v, err := f.h.embed(ctx, pcm, net)
	return *f.h.store.copies.hand(&v), err
}

func (f fakeSearcher) Search(ctx context.Context, _ string, _ timbre.Voiceprint) (timbre.Finding, error) {
	m, err := f.h.search(ctx)
	return timbre.Finding{Matches: m, Sure: !f.h.unsure, Skipped: f.h.skipped}, err
}

func (f fakeSearcher) Same(string, timbre.Voiceprint, timbre.Voiceprint) float64 { return f.h.same }

func (f *fakeTrack) Add(s timbre.Speech) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.speech = append(f.speech, s)
}

// netSpeech is the net speech of the last 30 s.
func (f *fakeTrack) netSpeech(at time.Duration) (net time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.speech {
		if s.At > at {
			f.h.t.Errorf("score at %v: got speech of %v, want none after it", at, s.At)
		}
		if s.Voiced && s.At > at-Window {
			net += timbre.Duration(len(s.PCM))
		}
	}
	return net
}

func (f *fakeTrack) Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error) {
	current, ok, err = f.h.score(ctx, f.leg, at)
	return current, current, ok, err
}
