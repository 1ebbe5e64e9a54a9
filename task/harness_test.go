package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
	"timbre/environment"
)

// harness is an Engine with one live call and fakes around it.
type harness struct {
	meters timbre.LegMeters // nil: what the legs received is not known
	*Engine
	t         *testing.T
	settings  Config
	store     *memoryStore
	announcer *fakeAnnouncer

	mu      sync.Mutex
	live    map[string]timbre.Call
	sinks   map[int]fanOut // by leg
	at      time.Duration  // media time of all legs
	embed   func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
	segment func(ctx context.Context) error
	search  func(ctx context.Context) ([]timbre.Match, error)
	unsure  bool    // of what it finds
	skipped string  // what it could not compare with
	same    float64 // probability that two voiceprints are of one person
	voices  func(pcm []float32, net time.Duration) (timbre.Voices, error)
	spoof   Spoof
	tracks  []*fakeTrack
	score   func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error)
	media   map[int]timbre.Speech // last stretch of each leg
	held    time.Duration         // for which audio is held back
	voice   map[int]int16         // the value of all samples of a leg: who is speaking
	ids     int
}

const tx = "tx"

var twoLegs = aCall(timbre.Caller, timbre.Callee)

func newHarness(t *testing.T) *harness {
	h := &harness{
		t: t, announcer: &fakeAnnouncer{}, live: map[string]timbre.Call{tx: twoLegs}, sinks: map[int]fanOut{}, media: map[int]timbre.Speech{},
		store: &memoryStore{
			tasks: map[string]timbre.Task{}, profiles: map[string]timbre.Profile{}, connectors: map[string]bool{"vc": true},
			domains: map[string]bool{"domain": true}, calls: map[string]timbre.Call{tx: twoLegs},
			streaming: &timbre.Streaming{Insights: &timbre.InsightsLink{ConfigurationARN: "arn"}},
			config:    &timbre.Configuration{Elements: []timbre.Element{{Type: "VoiceAnalyticsProcessor"}}},
		},
	}
	h.embed = func(_ context.Context, _ []float32, net time.Duration) (timbre.Voiceprint, error) {
		return timbre.Voiceprint{Embedding: timbre.Embedding{1}, Net: net, Model: "m"}, nil
	}
	h.voices = func(pcm []float32, net time.Duration) (timbre.Voices, error) {
		return timbre.Voices{PCM: pcm, Net: net}, nil
	}
	h.segment = func(context.Context) error { return nil }
	h.search = func(context.Context) ([]timbre.Match, error) {
		return []timbre.Match{{ProfileID: "vp-1", Confidence: 0.95}}, nil
	}
	h.score = func(_ context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
		return good, h.tracks[leg].netSpeech(at) >= 3*time.Second, nil
	}
	h.open()
	return h
}

// open creates an Engine: the first one, or the one after a crash.
func (h *harness) open() {
	h.tracks = nil
	h.Engine = New(environment.Environment{Account: "000000000000", Region: "us-east-1", NewID: func() string {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ids++
		return fmt.Sprintf("id-%04d", h.ids)
	}}, h.settings, Deps{
		Store: h.store, Announcer: h.announcer, Calls: fakeCalls{h}, Meters: h.meters, Speech: fakeSpeech{h}, Embedder: fakeEmbedder{h}, Searcher: fakeSearcher{h}, Spoof: h.spoof,
		NewTrack: func() Track {
			h.tracks = append(h.tracks, &fakeTrack{h: h, leg: len(h.tracks)})
			return h.tracks[len(h.tracks)-1]
		},
	})
}

// recover is what a start after a crash does.
func (h *harness) recover() error {
	return errors.Join(h.Interrupted(h.t.Context()), h.Recover(h.t.Context()))
}

// liveCall returns the live call.
func (h *harness) liveCall() timbre.Call {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live[tx]
}

// speak sends stretches of 100 ms on a leg, voiced or silent.
func (h *harness) speak(leg int, d time.Duration, voiced bool) {
	for ; d > 0; d -= 100 * time.Millisecond {
		s := h.media[leg]
		s.At += 100 * time.Millisecond
		s.Voiced, s.PCM, s.Came, s.Due = voiced, nil, time.Now().Add(-h.held), time.Now()
		if voiced {
			s.Net += 100 * time.Millisecond
			s.PCM = slices.Repeat([]int16{h.voice[leg]}, timbre.Samples(100*time.Millisecond))
		}
		h.media[leg] = s
		if e := h.sink(leg); e != nil {
			e.Speech(s)
		}
	}
	synctest.Wait()
}

func (h *harness) sink(leg int) timbre.SpeechSink {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.sinks[leg]) == 0 {
		return nil
	}
	return h.sinks[leg]
}

// hangUp ends the call.
func (h *harness) hangUp() {
	h.mu.Lock()
	if c, live := h.live[tx]; live {
		delete(h.live, tx)
		c.Ended = time.Now()
		h.store.calls[tx] = c
	}
	h.mu.Unlock()
	for leg := range twoLegs.Legs {
		if e := h.sink(leg); e != nil {
			e.SpeechEnded()
		}
	}
	synctest.Wait()
}

func (h *harness) start(kind timbre.TaskKind) timbre.Task {
	h.t.Helper()
	t, err := h.Start(h.t.Context(), request(kind))
	if err != nil {
		h.t.Fatal(err)
	}
	h.media = map[int]timbre.Speech{}
	return t
}

func request(kind timbre.TaskKind) timbre.Task {
	t := timbre.Task{Kind: kind, ConnectorID: "vc", TransactionID: tx}
	if kind == timbre.SpeakerSearch {
		t.DomainID = "domain"
	}
	return t
}

func (h *harness) wantStatus(id string, want timbre.TaskStatus, active bool) {
	h.t.Helper()
	if t := h.store.task(id); t.Status != want || t.Active != active {
		h.t.Errorf("got status %s, active %v; want %s, %v", t.Status, t.Active, want, active)
	}
}

func (h *harness) wantAnnounced(want ...string) {
	h.t.Helper()
	if got := h.announcer.statuses(); !slices.Equal(got, want) {
		h.t.Errorf("got events %v, want %v", got, want)
	}
}

func wantKind(t *testing.T, err error, want timbre.Kind) {
	t.Helper()
	if err == nil || timbre.KindOf(err) != want {
		t.Errorf("got error %v, want kind %d", err, want)
	}
}

// inHarness runs a test with a harness in a synctest bubble.
func inHarness(t *testing.T, test func(*harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		defer func() {
			h.Close() // of the last Engine
			if n := h.store.copies.left(); n > 0 {
				t.Errorf("got %d of %d voiceprints left in memory, want all erased", n, len(h.store.copies.all))
			}
		}()
		test(h)
	})
}
