package task

import (
	"context"
	"fmt"

	"timbre"
)

// Enrol creates a profile from the voiceprint of a speaker search, in the domain that it searched, for timbre.ProfileLife.
// NotFound: the task does not exist, or its domain has been deleted. Conflict: the voiceprint is not made yet, or has been
// enrolled already. Invalid: the task has ended without one. Gone: more than timbre.VoiceprintLife has passed since the later
// of its making and the end of the call. The returned profile has no embedding.
func (e *Engine) Enrol(ctx context.Context, taskID string) (timbre.Profile, error) {
	t, err := e.deps.Store.Task(ctx, timbre.SpeakerSearch, taskID)
	if err != nil {
		return timbre.Profile{}, err
	}
	defer t.Voiceprint.Erase()
	if _, err := e.deps.Store.Domain(ctx, t.DomainID); err != nil {
		return timbre.Profile{}, err
	}
	if t.ProfileID != "" {
		return timbre.Profile{}, timbre.Errorf(timbre.Conflict, "task.Enrol", "profile %s has already been created from the task", t.ProfileID)
	}
	now := e.env.Now()
	if err := e.checkEnrollable(ctx, t); err != nil {
		return timbre.Profile{}, err
	}
	p := timbre.Profile{
		ID: "vp-" + e.env.NewID(), DomainID: t.DomainID, Voiceprint: *t.Voiceprint, Tasks: []string{taskID},
		Created: now, Updated: now, Expires: now.Add(timbre.ProfileLife),
	}
	p.ARN = fmt.Sprintf("arn:aws:chime:%s:%s:voice-profile/%s", e.env.Region, e.env.Account, p.ID)
	if err := e.deps.Store.EnrolProfile(ctx, p, taskID); err != nil {
		return timbre.Profile{}, err
	}
	e.reportProfile(p, taskID)
	return withoutEmbedding(p), nil
}

// Renew renews the voiceprint of a profile with that of a speaker search in the same domain, and restarts its
// timbre.ProfileLife. The new one replaces the old one unless both are clearly of one person: then they are averaged. Errors are those
// of Enrol, except that a task may be used again, and Invalid if the task searched another domain.
func (e *Engine) Renew(ctx context.Context, profileID, taskID string) (timbre.Profile, error) {
	p, err := e.deps.Store.Profile(ctx, profileID)
	if err != nil {
		return timbre.Profile{}, err
	}
	t, err := e.deps.Store.Task(ctx, timbre.SpeakerSearch, taskID)
	if err != nil {
		return timbre.Profile{}, err
	}
	defer t.Voiceprint.Erase()
	if t.DomainID != p.DomainID {
		return timbre.Profile{}, timbre.Errorf(timbre.Invalid, "task.Renew", "the task searched another voice profile domain than the profile's")
	}
	now := e.env.Now()
	if err := e.checkEnrollable(ctx, t); err != nil {
		return timbre.Profile{}, err
	}
	if p.Voiceprint, p.Tasks, err = e.renewed(ctx, p, t); err != nil {
		return timbre.Profile{}, err
	}
	defer p.Voiceprint.Erase()
	p.Updated, p.Expires = now, now.Add(timbre.ProfileLife)
	if err := e.deps.Store.RenewProfile(ctx, p, taskID); err != nil {
		return timbre.Profile{}, err
	}
	e.reportProfile(p, taskID)
	return withoutEmbedding(p), nil
}

// checkEnrollable checks that the voiceprint of a task may be enrolled now.
func (e *Engine) checkEnrollable(ctx context.Context, t timbre.Task) error {
	const op = "task.Enrol"
	gone := timbre.Errorf(timbre.Gone, op, "the voiceprint has expired: it is available for 24 hours")
	switch {
	case t.VoiceprintStatus != timbre.VoiceprintGenerationSuccess && t.Active:
		return timbre.Errorf(timbre.Conflict, op, "the voiceprint is not available yet")
	case t.VoiceprintStatus != timbre.VoiceprintGenerationSuccess:
		return timbre.Errorf(timbre.Invalid, op, "the task has ended without a voiceprint")
	case t.Voiceprint == nil:
		return gone
	case e.cfg.Model != "" && t.Voiceprint.Model != e.cfg.Model:
		return timbre.Errorf(timbre.Gone, op, "the voiceprint is of speaker model %s, but the server uses %s now: start another speaker search",
			t.Voiceprint.Model, e.cfg.Model)
	}
	if _, live := e.deps.Calls.Call(t.TransactionID); live {
		return nil
	}
	c, err := e.deps.Store.Call(ctx, t.TransactionID)
	now := e.env.Due(timbre.VoiceprintLife)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return err
	case now.Sub(t.VoiceprintMade) > timbre.VoiceprintLife && now.Sub(c.Ended) > timbre.VoiceprintLife:
		return gone
	}
	return nil
}

func withoutEmbedding(p timbre.Profile) timbre.Profile {
	p.Voiceprint.Embedding = nil
	return p
}
