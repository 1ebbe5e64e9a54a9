package test

import (
	"context"
	"errors"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// A caller is enrolled from one call and identified in the next, also after a restart. An unknown caller gets no match.
func TestEnrolThenRecogniseAcrossRestart(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	folder, hook := t.TempDir(), newReceiver(t)
	var h deployment
	var profile string

	t.Run("enrolled and recognised", func(t *testing.T) {
		n := start(t, settings(t, folder, hook))
		h = setUp(ctx, t, n.API, hookARN)

		search := h.call(ctx, t, hook, n.SIP[0], "s1_enrol", timbre.IdentificationNoMatches)
		p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
		must(t, err)
		profile = *p.VoiceProfile.VoiceProfileId
		_, err = h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
		if conflict := (*vtypes.ConflictException)(nil); !errors.As(err, &conflict) {
			t.Errorf("second enrolment from one task: got error %v, want ConflictException", err)
		}
		h.recognise(ctx, t, hook, n.SIP[0], "s1_second", profile)
	})
	t.Run("known after a restart", func(t *testing.T) {
		n := start(t, settings(t, folder, hook))
		h.voice, h.media = clients(n.API)
		h.recognise(ctx, t, hook, n.SIP[0], "s1_second", profile)
		h.call(ctx, t, hook, n.SIP[0], "s5_second", timbre.IdentificationNoMatches)
	})
}

// call plays a demo call with both tasks, expects an outcome of the search, and checks the events.
func (h deployment) call(ctx context.Context, t *testing.T, hook *receiver, sip, name, outcome string) (search string) {
	t.Helper()
	c := placeCall(ctx, t, sip, name)
	ready := hook.wait(ctx, t, "AnalyticsReady", of(c.TransactionID, timbre.AnalyticsReady))
	if ready.Detail.ConnectorID != h.connector {
		t.Errorf("AnalyticsReady: got connector %q, want %q", ready.Detail.ConnectorID, h.connector)
	}
	search, tone := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	must(t, c.Hangup(ctx))

	hook.wait(ctx, t, outcome, of(search, outcome))
	hook.wait(ctx, t, "a voiceprint", of(search, timbre.VoiceprintGenerationSuccess))
	for _, caller := range []bool{true, false} {
		side := func(e event) bool { return e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller }
		e := hook.wait(ctx, t, "tone completed", func(e event) bool { return of(tone, timbre.ToneCompleted)(e) && side(e) })
		checkTone(t, e)
		if got := len(hook.all(func(e event) bool { return of(tone, timbre.ToneSuccessful)(e) && side(e) })); got < 2 {
			t.Errorf("caller %v: got %d tone events during the call, want at least 2", caller, got)
		}
	}
	hook.wait(ctx, t, "both streams ended", func(event) bool { return len(hook.all(of(c.TransactionID, timbre.StreamingEnded))) == 2 })

	g, err := h.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, SpeakerSearchTaskId: &search})
	must(t, err)
	if s := *g.SpeakerSearchTask.SpeakerSearchTaskStatus; s != string(timbre.Succeeded) {
		t.Errorf("got search status %s, want %s", s, timbre.Succeeded)
	}
	v, err := h.voice.GetVoiceToneAnalysisTask(ctx, &voice.GetVoiceToneAnalysisTaskInput{VoiceConnectorId: &h.connector, VoiceToneAnalysisTaskId: &tone, IsCaller: new(bool)})
	must(t, err)
	if s := *v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus; s != string(timbre.Succeeded) {
		t.Errorf("got tone analysis status %s, want %s", s, timbre.Succeeded)
	}
	_, err = h.voice.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, TransactionId: &c.TransactionID, VoiceProfileDomainId: &h.domain})
	if gone := (*vtypes.GoneException)(nil); !errors.As(err, &gone) {
		t.Errorf("start on an ended call: got error %v, want GoneException", err)
	}
	return search
}

// recognise places a call whose caller must be identified as a profile, by the event and by Get.
func (h deployment) recognise(ctx context.Context, t *testing.T, hook *receiver, sip, name, profile string) {
	t.Helper()
	search := h.call(ctx, t, hook, sip, name, timbre.IdentificationSuccessful)
	announced := hook.all(of(search, timbre.IdentificationSuccessful))[0].Detail.SpeakerSearch.Results
	g, err := h.voice.GetSpeakerSearchTask(ctx, &voice.GetSpeakerSearchTaskInput{VoiceConnectorId: &h.connector, SpeakerSearchTaskId: &search})
	must(t, err)
	got := g.SpeakerSearchTask.SpeakerSearchDetails.Results
	if len(announced) != 1 || len(got) != 1 || announced[0].VoiceProfileID != profile || *got[0].VoiceProfileId != profile {
		t.Fatalf("%s: got %v by event and %v by Get, want %s", name, announced, got, profile)
	}
	confidence := announced[0].ConfidenceScore
	if confidence < 0.9 || confidence > 1 {
		t.Errorf("got confidence %v, want 0.9 to 1", confidence)
	}
	if float32(confidence) != got[0].ConfidenceScore {
		t.Errorf("got confidence %v by event and %v by Get, want the same", confidence, got[0].ConfidenceScore)
	}
}

func checkTone(t *testing.T, e event) {
	t.Helper()
	for _, s := range []*toneSpan{e.Detail.ToneDetails.Current, e.Detail.ToneDetails.Overall} {
		if s == nil {
			t.Errorf("got %s, want both tones in it", e.Raw)
			continue
		}
		if sum := s.Score["positive"] + s.Score["neutral"] + s.Score["negative"]; sum < 0.999 || sum > 1.001 {
			t.Errorf("got a sum of scores of %v, want 1", sum)
		}
		if s.Score[s.Label] < max(s.Score["positive"], s.Score["neutral"], s.Score["negative"]) {
			t.Errorf("got label %s of %v, want that of the highest score", s.Label, s.Score)
		}
	}
}
