package task

import (
	"time"

	"timbre"
)

// report logs the end of a task, which is saved, and raises Ended.
func (e *Engine) report(t timbre.Task) {
	line := []any{
		"task", t.ID, "kind", t.Kind.String(), "transaction", t.TransactionID, "status", t.Status,
		"lasted", t.Ended.Sub(t.Created).Round(time.Millisecond),
	}
	if t.Message != "" {
		line = append(line, "message", t.Message)
	}
	if t.Kind == timbre.SpeakerSearch {
		line = append(line, "domain", t.DomainID, "identified", t.Identified, "matches", len(t.Matches), "voiceprint", t.VoiceprintStatus)
	}
	e.env.Log.Info("task ended", line...)
	e.raiseEnded(t)
}

// reportProfile logs that a profile has been made from a task, or renewed.
func (e *Engine) reportProfile(p timbre.Profile, taskID string) {
	line := []any{
		"profile", p.ID, "domain", p.DomainID, "task", taskID, "model", p.Voiceprint.Model,
		"net_speech", p.Voiceprint.Net.Round(time.Millisecond), "expires", p.Expires,
	}
	if p.Updated.Equal(p.Created) {
		e.env.Log.Info("profile made", line...)
	} else {
		e.env.Log.Info("profile renewed", line...)
	}
}
