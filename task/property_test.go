package task

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
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
				h.voice = map[int]int16{0: 1, 1: 2}
				h.known(caller("sip:1"), callee("sip:2"))
				search, tone := h.start(timbre.SpeakerSearch), h.start(timbre.VoiceTone)
				trace := h.happen(r, search.ID, tone.ID)
				h.store.mu.Lock()
				h.store.saving = nil
				h.store.mu.Unlock()
				h.hangUp()
				after(h.t.Context(), time.Hour)
				if err := h.Recover(h.t.Context()); err != nil {
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
				a.inbox.put(voiceprintMade{timbre.Voiceprint{}})
				a.inbox.put(legEnded{0})
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
				if err := h.Recover(h.t.Context()); err != nil {
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

var (
	identification = []string{timbre.IdentificationSuccessful, timbre.IdentificationNoMatches, timbre.IdentificationFailure}
	voiceprint     = []string{timbre.VoiceprintGenerationSuccess, timbre.VoiceprintGenerationFailure}
	rank           = map[timbre.TaskStatus]int{timbre.InQueue: 0, timbre.InProgress: 1, timbre.PartialSuccess: 2, timbre.Succeeded: 3, timbre.Failed: 3, timbre.Stopped: 3}
)

// rules returns the rules that the saves of a task break.
func rules(all []saved, end timbre.Task) (broken []string) {
	breaks := func(format string, args ...any) {
		broken = append(broken, end.Kind.String()+": "+fmt.Sprintf(format, args...))
	}
	var told []string
	ids := map[string]bool{}
	last := timbre.Task{Status: timbre.InQueue, Active: true}
	for _, s := range all {
		if s.ID != end.ID {
			continue
		}
		if !last.Active {
			breaks("saved after its end: %s after %s", s.Status, last.Status)
		}
		if rank[s.Status] < rank[last.Status] || s.Identified != last.Identified && last.Identified {
			breaks("%s after %s", s.Status, last.Status)
		}
		if rank[s.Status] == 3 && s.Active || rank[s.Status] < 2 && !s.Active || s.Status == timbre.Failed && s.Identified {
			breaks("%s, active %v, identified %v", s.Status, s.Active, s.Identified)
		}
		if s.Active == !s.Ended.IsZero() || s.Updated.Before(last.Updated) {
			breaks("ended %v, updated %v", s.Ended, s.Updated)
		}
		for _, n := range s.notices {
			if ids[n.ID] {
				breaks("two events %s", n.ID)
			}
			ids[n.ID] = true
			status, _, _ := strings.Cut(string(n.Payload), "/")
			told = append(told, string(n.Payload))
			if why := contradicts(s.Task, status); why != "" {
				breaks("%s is sent with %s: %s", status, s.Status, why)
			}
		}
		last = s.Task
	}
	if end.Active {
		breaks("still active")
	}
	broken = append(broken, order(end, told)...)
	return broken
}

// contradicts says why a status must not be sent with a task.
func contradicts(t timbre.Task, status string) string {
	switch {
	case slices.Contains(identification[:2], status) && !t.Identified:
		return "not identified"
	case status == timbre.IdentificationSuccessful && len(t.Matches) == 0, status == timbre.IdentificationNoMatches && len(t.Matches) > 0:
		return "other matches"
	case status == timbre.IdentificationFailure && (t.Status != timbre.Failed || t.Identified):
		return "not failed"
	case slices.Contains(voiceprint, status) && (t.VoiceprintStatus != status || !t.Identified || t.Active):
		return "another voiceprint"
	case status == timbre.VoiceprintGenerationSuccess && (t.Status != timbre.Succeeded || t.Voiceprint == nil):
		return "not succeeded"
	case status == timbre.ToneCompleted && t.Status != timbre.Succeeded:
		return "not succeeded"
	}
	return ""
}

// order returns the rules that the order of a task's events breaks.
func order(end timbre.Task, told []string) (broken []string) {
	position := func(statuses []string) (at []int) {
		for i, s := range told {
			if status, _, _ := strings.Cut(s, "/"); slices.Contains(statuses, status) {
				at = append(at, i)
			}
		}
		return at
	}
	breaks := func(what string) {
		broken = append(broken, fmt.Sprintf("%s %s: %s: %v", end.Kind, end.Status, what, told))
	}
	if end.Kind == timbre.SpeakerSearch {
		name, made := position(identification), position(voiceprint)
		switch {
		case len(name) > 1 || len(made) > 1:
			breaks("sent twice")
		case len(made) == 1 && (len(name) == 0 || name[0] > made[0]):
			breaks("a voiceprint before the identification")
		case end.Status != timbre.Stopped && len(name) == 0:
			breaks("no identification")
		case (end.Status == timbre.Succeeded || end.Status == timbre.PartialSuccess) != (len(made) == 1):
			breaks("voiceprint")
		}
		return broken
	}
	for leg := range 2 {
		mine := slices.DeleteFunc(slices.Clone(told), func(s string) bool { return !strings.HasSuffix(s, fmt.Sprint("/", leg)) })
		closing := fmt.Sprint(timbre.ToneCompleted, "/", leg)
		if n := slices.Index(mine, closing); n >= 0 && n != len(mine)-1 {
			breaks("sent after Completed")
		}
		if end.Status != timbre.Stopped && (len(mine) == 0 || strings.HasPrefix(mine[len(mine)-1], timbre.ToneSuccessful)) {
			breaks("a leg without a final event")
		}
	}
	return broken
}
