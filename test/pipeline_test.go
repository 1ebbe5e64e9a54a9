package test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// A client creates a pipeline on both streams of a live call. Its tasks identify the caller and the tone of both legs, and
// report them in the form of pipeline events. The caller can be enrolled. A deleted pipeline is not found.
func TestManualPipelineOnLiveCall(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	caller, agent := stream(ctx, t, hook, c.TransactionID, true), stream(ctx, t, hook, c.TransactionID, false)

	in := h.pipelineInput(ctx, t, caller, agent)
	in.ClientRequestToken = aws.String("once-only")
	made, err := h.media.CreateMediaInsightsPipeline(ctx, in)
	must(t, err)
	p := made.MediaInsightsPipeline
	if len(p.ElementStatuses) != 1 {
		t.Fatalf("got element statuses %+v, want one", p.ElementStatuses)
	}
	if got, want := p.ElementStatuses[0].Status, mptypes.MediaPipelineElementStatusNotStarted; got != want {
		t.Errorf("got element status %s, want %s", got, want)
	}
	if got, want := p.Status, mptypes.MediaPipelineStatusNotStarted; got != want {
		t.Errorf("got status %s, want %s", got, want)
	}
	if got := p.MediaInsightsRuntimeMetadata["note"]; got != "by hand" {
		t.Errorf("got metadata note %q, want %q", got, "by hand")
	}
	if got := *p.KinesisVideoStreamSourceRuntimeConfiguration.Streams[1].StreamArn; got != agent {
		t.Errorf("got second stream %s, want %s", got, agent)
	}
	again, err := h.media.CreateMediaInsightsPipeline(ctx, in)
	must(t, err)
	if *again.MediaInsightsPipeline.MediaPipelineId != *p.MediaPipelineId {
		t.Errorf("got pipeline %s for a repeated token, want %s", *again.MediaInsightsPipeline.MediaPipelineId, *p.MediaPipelineId)
	}

	d, err := h.voice.GetVoiceProfileDomain(ctx, &voice.GetVoiceProfileDomainInput{VoiceProfileDomainId: &h.domain})
	must(t, err)
	on := func(stream string, channel int32) *mptypes.KinesisVideoStreamSourceTaskConfiguration {
		return &mptypes.KinesisVideoStreamSourceTaskConfiguration{StreamArn: &stream, ChannelId: channel, FragmentNumber: aws.String(timbre.Fragment(stream, 0))}
	}
	search := &pipelines.StartSpeakerSearchTaskInput{
		Identifier: p.MediaPipelineArn, VoiceProfileDomainArn: d.VoiceProfileDomain.VoiceProfileDomainArn,
		KinesisVideoStreamSourceTaskConfiguration: on(caller, 0), ClientRequestToken: aws.String("search-once"),
	}
	s, err := h.media.StartSpeakerSearchTask(ctx, search)
	must(t, err)
	if s.SpeakerSearchTask.SpeakerSearchTaskStatus != mptypes.MediaPipelineTaskStatusInitializing {
		t.Errorf("got search status %s, want Initializing", s.SpeakerSearchTask.SpeakerSearchTaskStatus)
	}
	repeated, err := h.media.StartSpeakerSearchTask(ctx, search)
	must(t, err)
	if *repeated.SpeakerSearchTask.SpeakerSearchTaskId != *s.SpeakerSearchTask.SpeakerSearchTaskId {
		t.Errorf("got search %s for a repeated token, want %s", *repeated.SpeakerSearchTask.SpeakerSearchTaskId, *s.SpeakerSearchTask.SpeakerSearchTaskId)
	}
	search.ClientRequestToken = nil
	if _, err = h.media.StartSpeakerSearchTask(ctx, search); !is[*mptypes.ConflictException](err) {
		t.Errorf("second search on a stream: got error %v, want ConflictException", err)
	}
	var tones []string
	for i, arn := range []string{caller, agent} {
		v, err := h.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
			Identifier:   p.MediaPipelineId,
			LanguageCode: "en-US", KinesisVideoStreamSourceTaskConfiguration: on(arn, int32(i)),
		})
		must(t, err)
		tones = append(tones, *v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId)
	}
	viaConnector, _ := h.analyse(ctx, t, c.TransactionID)
	must(t, c.Play(ctx))
	hook.wait(ctx, t, "in progress", pipelineChanged(*p.MediaPipelineArn, timbre.InsightsInProgress))
	hook.wait(ctx, t, "in progress, of the connector", pipelineChanged(c.TransactionID, timbre.InsightsInProgress))
	must(t, c.Hangup(ctx))

	task := *s.SpeakerSearchTask.SpeakerSearchTaskId
	got := pipelineChangeOf(hook.wait(ctx, t, "no match", of(task, timbre.IdentificationNoMatches)))
	checkSource(t, got, caller, 0)
	if got.PipelineID != *p.MediaPipelineId || got.SourceARN != *p.MediaPipelineArn {
		t.Errorf("got pipeline %s and source %s, want %s and %s", got.PipelineID, got.SourceARN, *p.MediaPipelineId, *p.MediaPipelineArn)
	}
	if got.TransactionID != "" || got.IsCaller != nil {
		t.Errorf("got transaction %q and isCaller %v, want none", got.TransactionID, got.IsCaller)
	}
	hook.wait(ctx, t, "a voiceprint", of(task, timbre.VoiceprintGenerationSuccess))
	hook.wait(ctx, t, "the connector's search", of(viaConnector, timbre.VoiceprintGenerationSuccess))
	for i, tone := range tones {
		e := hook.wait(ctx, t, "a tone", of(tone, timbre.ToneCompleted))
		checkTone(t, e)
		got := pipelineChangeOf(e)
		arn := []string{caller, agent}[i]
		checkSource(t, got, arn, i)
		if err := timbre.CheckFragment(arn, got.Fragment, 0); err != nil {
			t.Errorf("tone %d: got fragment %q: %v", i, got.Fragment, err)
		}
		g, err := h.media.GetVoiceToneAnalysisTask(ctx, &pipelines.GetVoiceToneAnalysisTaskInput{Identifier: p.MediaPipelineArn, VoiceToneAnalysisTaskId: &tone})
		must(t, err)
		if g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus != mptypes.MediaPipelineTaskStatusStopped {
			t.Errorf("tone %d: got status %s, want Stopped", i, g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus)
		}
	}
	if _, err := h.media.StopVoiceToneAnalysisTask(ctx, &pipelines.StopVoiceToneAnalysisTaskInput{Identifier: p.MediaPipelineId, VoiceToneAnalysisTaskId: &tones[0]}); !is[*mptypes.ConflictException](err) {
		t.Errorf("stop of an ended task: got error %v, want ConflictException", err)
	}
	if _, err := h.media.GetSpeakerSearchTask(ctx, &pipelines.GetSpeakerSearchTaskInput{Identifier: p.MediaPipelineId, SpeakerSearchTaskId: &viaConnector}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("connector's task by way of the pipeline: got error %v, want NotFoundException", err)
	}
	_, err = h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &task})
	must(t, err)

	_, err = h.media.DeleteMediaPipeline(ctx, &pipelines.DeleteMediaPipelineInput{MediaPipelineId: p.MediaPipelineId})
	must(t, err)
	if note := pipelineChangeOf(hook.wait(ctx, t, "stopped", pipelineChanged(*p.MediaPipelineArn, timbre.InsightsStopped))).Note; note != "by hand" {
		t.Errorf("got metadata note %q, want %q", note, "by hand")
	}
	if _, err := h.media.GetMediaPipeline(ctx, &pipelines.GetMediaPipelineInput{MediaPipelineId: p.MediaPipelineId}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("get of a deleted pipeline: got error %v, want NotFoundException", err)
	}
	if _, err := h.media.DeleteMediaPipeline(ctx, &pipelines.DeleteMediaPipelineInput{MediaPipelineId: p.MediaPipelineId}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("second delete: got error %v, want NotFoundException", err)
	}
}
