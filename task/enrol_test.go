package task

import (
	"testing"
	"time"

	"timbre"
)

func (h *harness) searched(talk time.Duration) timbre.Task {
	t := h.start(timbre.SpeakerSearch)
	h.speak(0, talk, true)
	return t
}

func TestEnrolOnce(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.searched(20 * time.Second)
		p, err := h.Enrol(h.t.Context(), task.ID)
		if err != nil {
			t.Fatal(err)
		}
		for what, c := range map[string][2]any{
			"id":                      {p.ID, "vp-id-0002"},
			"ARN":                     {p.ARN, "arn:aws:chime:us-east-1:000000000000:voice-profile/vp-id-0002"},
			"domain":                  {p.DomainID, "domain"},
			"values of the embedding": {len(p.Voiceprint.Embedding), 0},
			"age":                     {time.Since(p.Created), time.Duration(0)},
			"life":                    {p.Expires.Sub(p.Created), timbre.ProfileLife},
		} {
			if c[0] != c[1] {
				t.Errorf("%s: got %v, want %v", what, c[0], c[1])
			}
		}
		if kept := h.store.profiles[p.ID]; len(kept.Voiceprint.Embedding) != 1 || kept.Voiceprint.Net != ForVoiceprint {
			t.Errorf("got stored profile %+v, want its embedding and 20 s of net speech", kept)
		}
		_, err = h.Enrol(h.t.Context(), task.ID)
		wantKind(t, err, timbre.Conflict)
	})
}

func TestRenewRestartsTheProfileLife(t *testing.T) {
	inHarness(t, func(h *harness) {
		first := h.searched(20 * time.Second)
		p, err := h.Enrol(h.t.Context(), first.ID)
		if err != nil {
			t.Fatal(err)
		}
		after(h.t.Context(), 4*timbre.ProfileLife) // expired: it revives
		second := h.searched(20 * time.Second)
		for range 2 { // a task may serve again
			got, err := h.Renew(h.t.Context(), p.ID, second.ID)
			now := time.Now()
			if err != nil {
				t.Fatal(err)
			}
			if got.ID != p.ID || !got.Created.Equal(p.Created) || got.Voiceprint.Embedding != nil {
				t.Errorf("got profile %+v, want %+v without its embedding", got, p)
			}
			if !got.Updated.Equal(now) || got.Expires.Sub(now) != timbre.ProfileLife {
				t.Errorf("got updated %v and expiry %v, want %v and %v later", got.Updated, got.Expires, now, timbre.ProfileLife)
			}
		}
		_, err = h.Renew(h.t.Context(), "vp-other", second.ID)
		wantKind(t, err, timbre.NotFound)
		_, err = h.Renew(h.t.Context(), p.ID, "other")
		wantKind(t, err, timbre.NotFound)
		p.DomainID = "other domain"
		h.store.profiles[p.ID] = p
		_, err = h.Renew(h.t.Context(), p.ID, second.ID)
		wantKind(t, err, timbre.Invalid)
	})
}

func TestEnrolRequiresAVoiceprint(t *testing.T) {
	for _, c := range []struct {
		name string
		talk time.Duration
		then func(h *harness, id string)
		want timbre.Kind
	}{
		{"queued", 0, nil, timbre.Conflict},
		{"listening", 9 * time.Second, nil, timbre.Conflict},
		{"collecting", 19 * time.Second, nil, timbre.Conflict},
		{"failed", 9 * time.Second, func(h *harness, _ string) { h.hangUp() }, timbre.Invalid},
		{"partial", 19 * time.Second, func(h *harness, _ string) { h.hangUp() }, timbre.Invalid},
		{"stopped", 19 * time.Second, func(h *harness, id string) { _ = h.Stop(h.t.Context(), timbre.SpeakerSearch, "vc", id) }, timbre.Invalid},
		{"erased", 20 * time.Second, func(h *harness, id string) {
			task := h.store.tasks[id]
			task.Voiceprint = nil
			h.store.tasks[id] = task
		}, timbre.Gone},
		{"domain deleted", 20 * time.Second, func(h *harness, _ string) { delete(h.store.domains, "domain") }, timbre.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				task := h.searched(c.talk)
				if c.then != nil {
					c.then(h, task.ID)
				}
				_, err := h.Enrol(h.t.Context(), task.ID)
				wantKind(t, err, c.want)
			})
		})
	}
	inHarness(t, func(h *harness) {
		_, err := h.Enrol(h.t.Context(), "other")
		wantKind(t, err, timbre.NotFound)
		tone := h.start(timbre.VoiceTone)
		_, err = h.Enrol(h.t.Context(), tone.ID)
		wantKind(t, err, timbre.NotFound)
	})
}

func TestVoiceprintLife(t *testing.T) {
	const day = 24 * time.Hour
	for _, c := range []struct {
		name          string
		call, waiting time.Duration // how long the call goes on after the voiceprint, and how long it is until enrolment then
		forgotten     bool          // the call is swept
		gone          bool
	}{
		{name: "at once"},
		{name: "a day after the call", call: time.Hour, waiting: day},
		{name: "more than a day after the call", call: time.Hour, waiting: day + time.Second, gone: true},
		{name: "a call of two days, in time", call: 2 * day, waiting: day},
		{name: "the call is forgotten", call: time.Hour, waiting: day, forgotten: true, gone: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHarness(t, func(h *harness) {
				task := h.searched(20 * time.Second)
				after(h.t.Context(), c.call)
				h.hangUp()
				after(h.t.Context(), c.waiting)
				if c.forgotten {
					delete(h.store.calls, tx)
				}
				if _, err := h.Enrol(h.t.Context(), task.ID); c.gone {
					wantKind(t, err, timbre.Gone)
				} else if err != nil {
					t.Error(err)
				}
			})
		})
	}
	inHarness(t, func(h *harness) {
		task := h.searched(20 * time.Second)
		after(h.t.Context(), 3*day)
		if _, err := h.Enrol(h.t.Context(), task.ID); err != nil {
			t.Errorf("call is live: got %v, want no error", err)
		}
	})
}

func TestEnrolInDeletedDomain(t *testing.T) {
	inHarness(t, func(h *harness) {
		task := h.searched(20 * time.Second)
		erased := h.store.task(task.ID)
		erased.Voiceprint = nil // it goes with its domain
		h.store.tasks[task.ID] = erased
		delete(h.store.domains, erased.DomainID)
		_, err := h.Enrol(h.t.Context(), task.ID)
		wantKind(t, err, timbre.NotFound)
	})
}
