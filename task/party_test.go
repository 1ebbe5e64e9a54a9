package task

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// known replaces the legs of the live call. Their net speech starts again for new subscriptions.
func (h *harness) known(legs ...timbre.Leg) {
	h.mu.Lock()
	h.live[tx] = sided(legs...)
	h.store.calls[tx] = h.live[tx]
	h.mu.Unlock()
	h.CallChanged(h.liveCall())
	synctest.Wait()
	for leg, s := range h.media {
		s.Net = 0
		h.media[leg] = s
	}
}

// oneVoice makes the embedder check that its audio is of one person.
func (h *harness) oneVoice() (last *int16) {
	last = new(int16)
	embed := h.embed
	h.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
		if slices.Min(pcm) != slices.Max(pcm) {
			h.t.Error("got a voiceprint of two people, want one")
		}
		*last = int16(pcm[0] * 32768)
		return embed(ctx, pcm, net)
	}
	return last
}

// However often sides are swapped and parties replaced, a voiceprint is of one person.
func TestVoiceprintIsOfOneParty(t *testing.T) {
	made := 0
	for seed := range uint64(40) {
		inHarness(t, func(h *harness) {
			r, last := rand.New(rand.NewPCG(seed, 2)), h.oneVoice()
			h.voice = map[int]int16{0: 1, 1: 2}
			h.known(caller("sip:1"), callee("sip:2"))
			for range 5 {
				task := h.start(timbre.SpeakerSearch)
				for h.store.task(task.ID).Active {
					if r.IntN(8) == 0 {
						h.renamed(r)
					}
					h.speak(r.IntN(2), time.Duration(1+r.IntN(40))*100*time.Millisecond, true)
				}
				if now, leg := h.store.task(task.ID), slices.IndexFunc(h.live[tx].Legs, func(l timbre.Leg) bool { return l.Side == timbre.Caller }); now.Voiceprint != nil {
					made++
					if *last != h.voice[leg] {
						t.Errorf("seed %d: got a voiceprint of %d, want the caller, %d", seed, *last, h.voice[leg])
					}
				}
			}
		})
	}
	if made < 20 {
		t.Errorf("got %d voiceprints, want at least 20", made)
	}
}

// renamed swaps the sides, or replaces the party of a leg, which speaks from then on.
func (h *harness) renamed(r *rand.Rand) {
	h.mu.Lock()
	c, live := h.live[tx]
	h.mu.Unlock()
	if !live {
		return
	}
	legs := slices.Clone(c.Legs)
	if i := r.IntN(2); r.IntN(2) == 0 {
		legs[0].Side, legs[1].Side = legs[1].Side, legs[0].Side
	} else {
		h.voice[i] += 2
		legs[i].Party = fmt.Sprint("sip:", h.voice[i])
	}
	h.known(legs...)
}

func TestVoiceprintIsOfTheRequestedParty(t *testing.T) {
	inHarness(t, func(h *harness) {
		last := h.oneVoice()
		h.voice = map[int]int16{0: 100, 1: 200}
		h.known(caller("ann"), callee("bob"))
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 8*time.Second, true)
		h.known(callee("ann"), caller("bob")) // ann is the agent, as it turns out
		if h.sink(0) != nil || h.sink(1) == nil {
			t.Fatal("got no subscription to the caller, want one")
		}
		h.speak(0, 30*time.Second, true)
		h.speak(1, 9*time.Second, true)
		h.voice[1] = 300
		h.known(callee("ann"), caller("carol"))
		h.speak(1, 9*time.Second, true)
		h.wantAnnounced()
		h.speak(1, 11*time.Second, true)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		h.wantStatus(task.ID, timbre.Succeeded, false)
		if *last != 300 {
			t.Errorf("got a voiceprint of %d, want 300", *last)
		}
		for _, e := range h.announcer.events {
			if l := e.Call.Legs[e.Leg]; l.Side != timbre.Caller || l.Party != "carol" {
				t.Errorf("%s: got leg %+v, want the caller carol", e.Status, l)
			}
		}
	})
}

func TestPartyReplacedAfterTheIdentification(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.known(caller("ann"), callee("bob"))
		task := h.start(timbre.SpeakerSearch)
		h.speak(0, 12*time.Second, true)
		h.known(caller("carol"), callee("bob"))
		h.speak(0, 30*time.Second, true)
		h.wantStatus(task.ID, timbre.PartialSuccess, false)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure)
		if got := h.store.task(task.ID); got.Message != partyReplaced || got.Voiceprint != nil || h.sink(0) != nil {
			t.Errorf("%+v", got)
		}
		_, err := h.Enrol(t.Context(), task.ID)
		wantKind(t, err, timbre.Invalid)
	})
}

func TestEventsHaveTheCurrentSideOfTheStream(t *testing.T) {
	inHarness(t, func(h *harness) {
		h.known(caller("ann"), callee("bob"))
		s, err := h.Start(t.Context(), onStream(timbre.SpeakerSearch, "stream 1"))
		if err != nil {
			t.Fatal(err)
		}
		h.speak(1, 5*time.Second, true)
		media := maps.Clone(h.media)
		h.known(callee("ann"), caller("bob"))
		h.media = media // it goes on hearing
		if got := h.store.task(s.ID).Side; got != timbre.Caller {
			t.Errorf("written down as the %s", got)
		}
		h.speak(1, 15*time.Second, true)
		h.wantAnnounced(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if e := h.announcer.events[0]; e.Call.Legs[e.Leg].Side != timbre.Caller {
			t.Errorf("got an event of the %s, want the caller", e.Call.Legs[e.Leg].Side)
		}
	})
}
