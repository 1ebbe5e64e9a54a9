package task

import (
	"context"
	"fmt"
	"time"

	"timbre"
)

// Enrol makes a profile of the voiceprint of a speaker search, in the domain that was searched, for three years. NotFound:
// there is no such task, or its domain has been deleted. Conflict: the voiceprint may still come, or has been enrolled
// already. Invalid: it never will. Gone: it was to be enrolled within 24 h of the later of its making and the call's end.
// The profile comes back without its embedding.
func (e *Engine) Enrol(ctx context.Context, taskID string) (timbre.Profile, error) {
	t, err := e.Store.Task(ctx, timbre.SpeakerSearch, taskID)
	if err != nil {
		return timbre.Profile{}, err
	}
	if _, err := e.Store.Domain(ctx, t.DomainID); err != nil {
		return timbre.Profile{}, err
	}
	if t.ProfileID != "" {
		return timbre.Profile{}, timbre.Errorf(timbre.Conflict, "task.Enrol", "profile %s has been created from the task already", t.ProfileID)
	}
	now := e.Now()
	if err := e.printable(ctx, t, now); err != nil {
		return timbre.Profile{}, err
	}
	p := timbre.Profile{
		ID: "vp-" + e.NewID(), DomainID: t.DomainID, Voiceprint: *t.Voiceprint,
		Created: now, Updated: now, Expires: now.Add(timbre.ProfileLife),
	}
	p.ARN = fmt.Sprintf("arn:aws:chime:%s:%s:voice-profile/%s", e.Region, e.Account, p.ID)
	if err := e.Store.EnrolProfile(ctx, p, taskID); err != nil {
		return timbre.Profile{}, err
	}
	return bare(p), nil
}

// Renew replaces the voiceprint of a profile by that of a speaker search in the same domain, and renews its three years.
// Errors as for Enrol, but a task may serve again; and Invalid when the task searched another domain.
func (e *Engine) Renew(ctx context.Context, profileID, taskID string) (timbre.Profile, error) {
	p, err := e.Store.Profile(ctx, profileID)
	if err != nil {
		return timbre.Profile{}, err
	}
	t, err := e.Store.Task(ctx, timbre.SpeakerSearch, taskID)
	if err != nil {
		return timbre.Profile{}, err
	}
	if t.DomainID != p.DomainID {
		return timbre.Profile{}, timbre.Errorf(timbre.Invalid, "task.Renew", "the task searched another voice profile domain than the profile's")
	}
	now := e.Now()
	if err := e.printable(ctx, t, now); err != nil {
		return timbre.Profile{}, err
	}
	p.Voiceprint, p.Updated, p.Expires = *t.Voiceprint, now, now.Add(timbre.ProfileLife)
	if err := e.Store.RenewProfile(ctx, p, taskID); err != nil {
		return timbre.Profile{}, err
	}
	return bare(p), nil
}

// printable says whether the voiceprint of a task may be enrolled now.
func (e *Engine) printable(ctx context.Context, t timbre.Task, now time.Time) error {
	const op = "task.Enrol"
	gone := timbre.Errorf(timbre.Gone, op, "the voiceprint is not kept for longer than 24 hours")
	switch {
	case t.VoiceprintStatus != timbre.VoiceprintGenerationSuccess && t.Active:
		return timbre.Errorf(timbre.Conflict, op, "the voiceprint has not been made yet")
	case t.VoiceprintStatus != timbre.VoiceprintGenerationSuccess:
		return timbre.Errorf(timbre.Invalid, op, "the task has ended without a voiceprint")
	case t.Voiceprint == nil:
		return gone
	}
	if _, live := e.Calls.Call(t.TransactionID); live {
		return nil
	}
	c, err := e.Store.Call(ctx, t.TransactionID)
	switch {
	case err != nil && timbre.KindOf(err) != timbre.NotFound:
		return err
	case now.Sub(t.VoiceprintMade) > timbre.VoiceprintLife && now.Sub(c.Ended) > timbre.VoiceprintLife:
		return gone
	}
	return nil
}

func bare(p timbre.Profile) timbre.Profile {
	p.Voiceprint.Embedding = nil
	return p
}
