package test

import (
	"bytes"
	"context"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// kill -9 in the middle of a call: profiles and results survive, and tasks in progress fail with an event,
// and nothing is sent twice with different content.
func TestRecoveryAfterKill(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	env := append(serverEnv(t.TempDir()),
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")
	p := serve(ctx, t, env...)
	h := setUp(ctx, t, p.at["api"], hookARN)
	first := h.call(ctx, t, hook, p.at["sip udp"], "s1_enrol", timbre.IdentificationNoMatches)
	made, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &first})
	must(t, err)

	c := placeCall(ctx, t, p.at["sip udp"], "s1_second")
	search, tone := h.analyse(ctx, t, c.TransactionID)
	playing, hangUp := context.WithCancel(ctx)
	played := make(chan error, 1)
	go func() { played <- c.Play(playing) }()
	hook.wait(ctx, t, "the caller's name", of(search, timbre.IdentificationSuccessful))
	p.kill(t)
	hangUp()
	<-played

	p = serve(ctx, t, env...)
	h.voice, h.media = clients(p.at["api"])
	got, err := h.voice.GetVoiceProfile(ctx, &voice.GetVoiceProfileInput{VoiceProfileId: made.VoiceProfile.VoiceProfileId})
	must(t, err)
	if !got.VoiceProfile.CreatedTimestamp.Equal(*made.VoiceProfile.CreatedTimestamp) {
		t.Errorf("the profile came back changed")
	}
	if s := h.searchStatus(ctx, t, first); s != timbre.Succeeded {
		t.Errorf("the first call's search is %s", s)
	}

	hook.wait(ctx, t, "both streams failed", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingFailed))) == 2 })
	if len(hook.all(of(search, timbre.VoiceprintGenerationSuccess))) == 0 { // it may have been quicker than the kill
		hook.wait(ctx, t, "the voiceprint failed", of(search, timbre.VoiceprintGenerationFailure))
		if s := h.searchStatus(ctx, t, search); s != timbre.PartialSuccess {
			t.Errorf("the interrupted search is %s", s)
		}
	}
	hook.wait(ctx, t, "both tones failed", func(event) bool { return len(hook.all(of(tone, timbre.ToneFailure))) >= 2 })
	v, err := h.voice.GetVoiceToneAnalysisTask(ctx, &voice.GetVoiceToneAnalysisTaskInput{VoiceConnectorId: &h.connector, VoiceToneAnalysisTaskId: &tone, IsCaller: new(bool)})
	must(t, err)
	if s := *v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus; s != string(timbre.Failed) {
		t.Errorf("the interrupted tone analysis is %s", s)
	}

	seen := map[string][]byte{}
	once := map[string]string{}
	for _, e := range hook.all(func(event) bool { return true }) {
		if before, twice := seen[e.ID]; twice && !bytes.Equal(before, e.Raw) {
			t.Errorf("event %s was sent with two contents:\n%s\n%s", e.ID, before, e.Raw)
		}
		seen[e.ID] = e.Raw
		if e.Detail.TaskID == search { // every outcome of the search is one event, however often it is sent
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
