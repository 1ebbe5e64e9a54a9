package test

import (
	"bytes"
	"context"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// After a kill during a call, profiles and results are intact, and tasks in progress fail with an event. An event that is sent
// again has the same content.
func TestRecoveryAfterKill(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	env := append(serverEnv(t.TempDir()),
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")
	p := serve(ctx, t, env...)
	h := setUp(ctx, t, p.At["api"], hookARN)
	first := h.call(ctx, t, hook, p.At["sip udp"], "s1_enrol", timbre.IdentificationNoMatches)
	made, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &first})
	must(t, err)

	c := placeCall(ctx, t, p.At["sip udp"], "s1_second")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	playing, hangUp := context.WithCancel(ctx)
	played := make(chan error, 1)
	go func() { played <- c.Play(playing) }()
	hook.wait(ctx, t, "the caller identified", of(search, timbre.IdentificationSuccessful))
	p.Kill()
	hangUp()
	<-played

	p = serve(ctx, t, env...)
	h.voice, h.media = clients(p.At["api"])
	got, err := h.voice.GetVoiceProfile(ctx, &voice.GetVoiceProfileInput{VoiceProfileId: made.VoiceProfile.VoiceProfileId})
	must(t, err)
	if !got.VoiceProfile.CreatedTimestamp.Equal(*made.VoiceProfile.CreatedTimestamp) {
		t.Errorf("got profile creation time %s, want %s", got.VoiceProfile.CreatedTimestamp, made.VoiceProfile.CreatedTimestamp)
	}
	if s := h.searchStatus(ctx, t, first); s != timbre.Succeeded {
		t.Errorf("first call's search: got status %s, want %s", s, timbre.Succeeded)
	}

	hook.wait(ctx, t, "both streams failed", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingFailed))) == 2 })
	if len(hook.all(of(search, timbre.VoiceprintGenerationSuccess))) == 0 { // it may have come before the kill
		hook.wait(ctx, t, "the voiceprint failed", of(search, timbre.VoiceprintGenerationFailure))
		if s := h.searchStatus(ctx, t, search); s != timbre.PartialSuccess {
			t.Errorf("interrupted search: got status %s, want %s", s, timbre.PartialSuccess)
		}
	}
	hook.wait(ctx, t, "both tones failed", func(event) bool { return len(hook.all(of(tone, timbre.ToneFailure))) >= 2 })
	v, err := h.voice.GetVoiceToneAnalysisTask(ctx, &voice.GetVoiceToneAnalysisTaskInput{VoiceConnectorId: &h.connector, VoiceToneAnalysisTaskId: &tone, IsCaller: new(bool)})
	must(t, err)
	if s := *v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus; s != string(timbre.Failed) {
		t.Errorf("interrupted tone analysis: got status %s, want %s", s, timbre.Failed)
	}

	seen := map[string][]byte{}
	once := map[string]string{}
	for _, e := range hook.all(func(event) bool { return true }) {
		if before, twice := seen[e.ID]; twice && !bytes.Equal(before, e.Raw) {
			t.Errorf("event %s: got content\n%s\nwant as before\n%s", e.ID, e.Raw, before)
		}
		seen[e.ID] = e.Raw
		if e.Detail.TaskID == search { // each outcome is one event, even if it is sent again
			if id := once[e.status()]; id != "" && id != e.ID {
				t.Errorf("got two events for %s, want one", e.status())
			}
			once[e.status()] = e.ID
		}
	}
}

func (h deployment) searchStatus(ctx context.Context, t *testing.T, id string) timbre.TaskStatus {
	t.Helper()
	g, err := h.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, SpeakerSearchTaskId: &id})
	must(t, err)
	return timbre.TaskStatus(*g.SpeakerSearchTask.SpeakerSearchTaskStatus)
}
