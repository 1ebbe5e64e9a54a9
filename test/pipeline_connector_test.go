package test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
)

// The connector creates a pipeline for each call. Pause stops the tasks that were started on the pipeline, but not those that
// were started through the connector.
func TestConnectorPipelinePauseAndResume(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	created := pipelineChangeOf(hook.wait(ctx, t, "pipeline created", pipelineChanged(c.TransactionID, timbre.InsightsCreated)))
	if created.ConnectorID != h.connector || created.From != "+12065550100" {
		t.Errorf("got connector %s and caller %s, want %s and +12065550100", created.ConnectorID, created.From, h.connector)
	}
	if want := *h.configurationARN(ctx, t); created.Configuration != want {
		t.Errorf("got configuration %s, want %s", created.Configuration, want)
	}
	list, err := h.media.ListMediaPipelines(ctx, &pipelines.ListMediaPipelinesInput{})
	must(t, err)
	if len(list.MediaPipelines) != 1 || *list.MediaPipelines[0].MediaPipelineArn != created.PipelineARN {
		t.Fatalf("got pipelines %+v, want only %s", list.MediaPipelines, created.PipelineARN)
	}
	id := list.MediaPipelines[0].MediaPipelineId

	search, _ := h.analyse(ctx, t, c.TransactionID)
	toneOn := func(channel int32, caller bool) (*pipelines.StartVoiceToneAnalysisTaskOutput, error) {
		return h.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
			Identifier: id, LanguageCode: "en-US",
			KinesisVideoStreamSourceTaskConfiguration: &mptypes.KinesisVideoStreamSourceTaskConfiguration{
				StreamArn: aws.String(stream(ctx, t, hook, c.TransactionID, caller)), ChannelId: channel,
			},
		})
	}
	v, err := toneOn(1, true)
	must(t, err)
	status := func(s mptypes.MediaPipelineStatusUpdate) error {
		_, err := h.media.UpdateMediaInsightsPipelineStatus(ctx, &pipelines.UpdateMediaInsightsPipelineStatusInput{Identifier: &created.PipelineARN, UpdateStatus: s})
		return err
	}
	must(t, status("Pause"))
	hook.wait(ctx, t, "paused", pipelineChanged(created.PipelineARN, timbre.InsightsPaused))
	if s := h.pipelineStatus(ctx, t, *id); s != mptypes.MediaPipelineStatusPaused {
		t.Errorf("got pipeline status %s, want Paused", s)
	}
	g, err := h.media.GetVoiceToneAnalysisTask(ctx, &pipelines.GetVoiceToneAnalysisTaskInput{Identifier: id, VoiceToneAnalysisTaskId: v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId})
	must(t, err)
	if s := g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus; s != mptypes.MediaPipelineTaskStatusStopped {
		t.Errorf("task of a paused pipeline: got status %s, want Stopped", s)
	}
	if _, err := toneOn(0, false); !is[*mptypes.ConflictException](err) {
		t.Errorf("start on a paused pipeline: got error %v, want ConflictException", err)
	}
	if err := status("Pause"); !is[*mptypes.ConflictException](err) {
		t.Errorf("second pause: got error %v, want ConflictException", err)
	}
	must(t, status("Resume"))
	v, err = toneOn(0, false)
	must(t, err)
	_, err = h.media.StopVoiceToneAnalysisTask(ctx, &pipelines.StopVoiceToneAnalysisTaskInput{Identifier: id, VoiceToneAnalysisTaskId: v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId})
	must(t, err)

	must(t, c.Play(ctx))
	hook.wait(ctx, t, "in progress", pipelineChanged(created.PipelineARN, timbre.InsightsInProgress))
	hook.wait(ctx, t, "voiceprint from the connector's search", of(search, timbre.VoiceprintGenerationSuccess))
	must(t, c.Hangup(ctx))
}
