package test

import (
	"context"
	"database/sql"
	"encoding/json"
	"path/filepath"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	_ "modernc.org/sqlite" // the driver

	"timbre"
)

// The summary of a call that ended before a kill is told at the next start if it was due meanwhile, and never again.
func TestPostCallEventSurvivesKills(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook, folder := newReceiver(t), t.TempDir()
	env := append(serverEnv(folder),
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")
	p := serve(ctx, t, env...)
	h := setUp(ctx, t, p.At["api"], hookARN)
	search := h.call(ctx, t, hook, p.At["sip udp"], "s1_enrol", timbre.IdentificationNoMatches)
	made, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
	must(t, err)
	_, err = h.voice.UpdateVoiceProfile(ctx, &voice.UpdateVoiceProfileInput{VoiceProfileId: made.VoiceProfile.VoiceProfileId, SpeakerSearchTaskId: &search})
	must(t, err)
	p.Kill()

	db, err := sql.Open("sqlite", filepath.Join(folder, "timbre.db"))
	must(t, err)
	_, err = db.ExecContext(ctx, "UPDATE summary SET ended = ended - ?", timbre.SummaryDelay.Nanoseconds()) // as if that had passed
	must(t, err)
	must(t, db.Close())

	p = serve(ctx, t, env...)
	postCall := func(e event) bool { return e.status() == timbre.PostCallVoiceAnalytics }
	e := hook.wait(ctx, t, "the summary of the call", postCall)
	var told struct {
		Detail struct {
			Results struct {
				Confirmed string                            `json:"customerValidatedCallerIdentity"`
				Created   []struct{ VoiceProfileID string } `json:"createVoiceProfileTransactions"`
				Updated   []struct{ VoiceProfileID string } `json:"updateVoiceProfileTransactions"`
			} `json:"speakerSearchResults"`
		}
	}
	must(t, json.Unmarshal(e.Raw, &told))
	id, r := *made.VoiceProfile.VoiceProfileId, told.Detail.Results
	if len(r.Created) != 1 || r.Created[0].VoiceProfileID != id || len(r.Updated) != 1 || r.Updated[0].VoiceProfileID != id || r.Confirmed != id {
		t.Errorf("got summary %s, want profile %s created, updated and confirmed", e.Raw, id)
	}
	p.Kill()
	p = serve(ctx, t, env...)
	next := h
	next.voice, next.media = clients(p.At["api"])
	next.call(ctx, t, hook, p.At["sip udp"], "s1_second", timbre.IdentificationSuccessful) // later events have come
	for _, again := range hook.all(postCall) {
		if again.ID != e.ID {
			t.Errorf("got a second summary %s", again.Raw)
		}
	}
}
