package task

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// Whatever happens to the tasks of a call, in whatever order, the saved states and events keep the rules.
func TestRandomCallsKeepTheRules(t *testing.T) {
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			inHarness(t, func(h *harness) {
				r := rand.New(rand.NewPCG(seed, 0))
				h.unreliable(rand.New(rand.NewPCG(seed, 1)))
				h.oneVoice()
				h.settings = Config{SearchWait: time.Duration(r.IntN(40)) * time.Second, VoiceprintSpeech: time.Duration(r.IntN(50)) * time.Second}
				h.Close()
				h.open()
				h.voice = map[int]int16{0: 1, 1: 2}
				h.known(caller("sip:1"), callee("sip:2"))
				search, tone := h.start(timbre.SpeakerSearch), h.start(timbre.VoiceTone)
				trace := h.happen(r, search.ID, tone.ID)
				h.store.mu.Lock()
				h.store.saving = nil
				h.store.mu.Unlock()
				h.hangUp()
				after(h.t.Context(), time.Hour)
				if err := h.recover(); err != nil {
					t.Fatal(err)
				}
				for _, id := range []string{search.ID, tone.ID} {
					if broken := rules(h.store.written(), h.store.task(id)); len(broken) > 0 {
						t.Errorf("got broken rules:\n%s\nafter %s", strings.Join(broken, "\n"), strings.Join(trace, ", "))
					}
				}
			})
		})
	}
}

// unreliable makes models and store slow and faulty at random.
func (h *harness) unreliable(r *rand.Rand) {
	chance := func(n int) bool { h.mu.Lock(); defer h.mu.Unlock(); return r.IntN(n) == 0 }
	slow := func(ctx context.Context) error {
		if chance(3) {
			after(ctx, time.Duration(1+len(h.t.Name())%7)*time.Second)
		}
		if chance(12) {
			return poor
		}
		return ctx.Err()
	}
	embed, search, score := h.embed, h.search, h.score
	h.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
		if err := slow(ctx); err != nil {
			return timbre.Voiceprint{}, err
		}
		return embed(ctx, pcm, net)
	}
	h.search = func(ctx context.Context) ([]timbre.Match, error) {
		if err := slow(ctx); err != nil || chance(2) {
			return nil, err
		}
		return search(ctx)
	}
	h.score = func(ctx context.Context, leg int, at time.Duration) (timbre.Tone, bool, error) {
		if err := slow(ctx); err != nil {
			return timbre.Tone{}, false, err
		}
		return score(ctx, leg, at)
	}
	h.voices = func(pcm []float32, net time.Duration) (timbre.Voices, error) {
		h.unsure = chance(2)
		if !chance(4) {
			return timbre.Voices{PCM: pcm, Net: net}, nil
		}
		return timbre.Voices{PCM: pcm[:len(pcm)/2], Net: net / 2, Other: net / 2}, nil
	}
	h.store.saving = func(timbre.Task) error {
		if chance(5) {
			return errors.New("disk full")
		}
		return nil
	}
}

// happen sends random inputs to the two tasks.
func (h *harness) happen(r *rand.Rand, search, tone string) (trace []string) {
	for range 5 + r.IntN(20) {
		note := func(format string, args ...any) { trace = append(trace, fmt.Sprintf(format, args...)) }
		switch d := time.Duration(1+r.IntN(80)) * 100 * time.Millisecond; r.IntN(15) {
		case 0, 1, 2, 3, 4, 5, 6:
			leg, talk := r.IntN(2), r.IntN(3) > 0
			note("leg %d %v talk %v", leg, d, talk)
			h.speak(leg, d, talk)
		case 7, 8:
			note("%v pass", d)
			after(h.t.Context(), d)
		case 9:
			jump := time.Duration(r.IntN(100)) * time.Second
			note("jump of %v", jump)
			s := h.media[0]
			s.At += jump
			h.media[0] = s
		case 10:
			note("late result")
			h.mu.Lock()
			a := h.running[search]
			h.mu.Unlock()
			if a != nil { // inputs that no worker should send must be harmless
				a.inbox.put(voiceprintMade{})
				a.inbox.put(voicesMixed{})
				a.inbox.put(searched{})
				a.inbox.put(legEnded{subscription: 0})
			}
		case 11:
			if r.IntN(4) == 0 {
				note("stop")
				go func() { _ = h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", search) }()
				go func() { _ = h.Stop(h.t.Context(), timbre.VoiceTone, "vc", tone) }()
			}
		case 12:
			if r.IntN(4) == 0 {
				note("hang-up")
				h.hangUp()
			}
		case 13:
			if r.IntN(8) == 0 {
				note("crash")
				faults := h.store.saving
				h.crash()
				if err := h.recover(); err != nil {
					h.t.Error(err)
				}
				h.store.saving = faults
			}
		case 14:
			if r.IntN(2) == 0 {
				note("metadata")
				h.renamed(r)
			}
		}
		synctest.Wait()
	}
	return trace
}
