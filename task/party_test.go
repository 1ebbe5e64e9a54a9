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

// known gives the live call other legs, from whose next frame on they count anew for who begins to listen.
func (o *office) known(legs ...timbre.Leg) {
	o.mu.Lock()
	o.live[tx] = sided(legs...)
	o.store.calls[tx] = o.live[tx]
	o.mu.Unlock()
	o.Changed(tx)
	synctest.Wait()
	for leg, s := range o.media {
		s.Net = 0
		o.media[leg] = s
	}
}

// oneVoice makes the embedder look after one thing: that what is embedded is of one person.
func (o *office) oneVoice() (last *int16) {
	last = new(int16)
	embed := o.embed
	o.embed = func(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error) {
		if slices.Min(pcm) != slices.Max(pcm) {
			o.t.Error("a voiceprint of two people")
		}
		*last = int16(pcm[0] * 32768)
		return embed(ctx, pcm, net)
	}
	return last
}

// However often the metadata turns the sides and the parties change, what is embedded is of one person.
func TestNoVoiceprintIsOfTwo(t *testing.T) {
	made := 0
	for seed := range uint64(40) {
		inOffice(t, func(o *office) {
			r, last := rand.New(rand.NewPCG(seed, 2)), o.oneVoice()
			o.voice = map[int]int16{0: 1, 1: 2}
			o.known(caller("sip:1"), callee("sip:2"))
			for range 5 {
				task := o.start(timbre.SpeakerSearch)
				for o.store.task(task.ID).Active {
					if r.IntN(8) == 0 {
						o.renamed(r)
					}
					o.say(r.IntN(2), time.Duration(1+r.IntN(40))*100*time.Millisecond, true)
				}
				if now, leg := o.store.task(task.ID), slices.IndexFunc(o.live[tx].Legs, func(l timbre.Leg) bool { return l.Side == timbre.Caller }); now.Voiceprint != nil {
					made++
					if *last != o.voice[leg] {
						t.Errorf("seed %d: a voiceprint of %d, the caller is %d", seed, *last, o.voice[leg])
					}
				}
			}
		})
	}
	if made < 20 {
		t.Errorf("%d voiceprints were made", made)
	}
}

// renamed lets the metadata turn the sides, or somebody else come on a leg, who speaks from then on.
func (o *office) renamed(r *rand.Rand) {
	o.mu.Lock()
	c, live := o.live[tx]
	o.mu.Unlock()
	if !live {
		return
	}
	legs := slices.Clone(c.Legs)
	if i := r.IntN(2); r.IntN(2) == 0 {
		legs[0].Side, legs[1].Side = legs[1].Side, legs[0].Side
	} else {
		o.voice[i] += 2
		legs[i].Party = fmt.Sprint("sip:", o.voice[i])
	}
	o.known(legs...)
}

func TestAVoiceprintIsOfWhoWasAskedFor(t *testing.T) {
	inOffice(t, func(o *office) {
		last := o.oneVoice()
		o.voice = map[int]int16{0: 100, 1: 200}
		o.known(caller("ann"), callee("bob"))
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 8*time.Second, true)
		o.known(callee("ann"), caller("bob")) // ann is the agent, as it turns out
		if o.ear(0) != nil || o.ear(1) == nil {
			t.Fatal("the caller is not heard")
		}
		o.say(0, 30*time.Second, true)
		o.say(1, 9*time.Second, true)
		o.voice[1] = 300
		o.known(callee("ann"), caller("carol"))
		o.say(1, 9*time.Second, true)
		o.wantTold()
		o.say(1, 11*time.Second, true)
		o.wantTold(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		o.wantStatus(task.ID, timbre.Succeeded, false)
		if *last != 300 {
			t.Errorf("a voiceprint of %d", *last)
		}
		for _, e := range o.words.events {
			if l := e.Call.Legs[e.Leg]; l.Side != timbre.Caller || l.Party != "carol" {
				t.Errorf("%s of %+v", e.Status, l)
			}
		}
	})
}

func TestAfterTheIdentificationAnotherPartyEndsASearch(t *testing.T) {
	inOffice(t, func(o *office) {
		o.known(caller("ann"), callee("bob"))
		task := o.start(timbre.SpeakerSearch)
		o.say(0, 12*time.Second, true)
		o.known(caller("carol"), callee("bob"))
		o.say(0, 30*time.Second, true)
		o.wantStatus(task.ID, timbre.PartialSuccess, false)
		o.wantTold(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationFailure)
		if got := o.store.task(task.ID); got.Message != replaced || got.Voiceprint != nil || o.ear(0) != nil {
			t.Errorf("%+v", got)
		}
		_, err := o.Enrol(t.Context(), task.ID)
		wantKind(t, err, timbre.Invalid)
	})
}

func TestWhatIsToldOfATaskHasTheSideThatItsStreamTurnsOutToHave(t *testing.T) {
	inOffice(t, func(o *office) {
		o.known(caller("ann"), callee("bob"))
		s, err := o.Start(t.Context(), onStream(timbre.SpeakerSearch, "stream 1"))
		if err != nil {
			t.Fatal(err)
		}
		o.say(1, 5*time.Second, true)
		media := maps.Clone(o.media)
		o.known(callee("ann"), caller("bob"))
		o.media = media // it goes on hearing
		if got := o.store.task(s.ID).Side; got != timbre.Caller {
			t.Errorf("written down as the %s", got)
		}
		o.say(1, 15*time.Second, true)
		o.wantTold(timbre.IdentificationSuccessful, timbre.VoiceprintGenerationSuccess)
		if e := o.words.events[0]; e.Call.Legs[e.Leg].Side != timbre.Caller {
			t.Errorf("told of the %s", e.Call.Legs[e.Leg].Side)
		}
	})
}
