package test

import (
	"context"
	"testing"

	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"

	"timbre"
)

// After a kill, a pipeline that was in progress is reported as failed, and one that had not started as stopped.
func TestPipelinesFailAfterKill(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	env := append(serverEnv(t.TempDir()),
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")
	p := serve(ctx, t, env...)
	h := setUp(ctx, t, p.At["api"], hookARN)
	c := placeCall(ctx, t, p.At["sip udp"], "s1_second")
	caller := stream(ctx, t, hook, c.TransactionID, true)
	active, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller))
	must(t, err)
	idle, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller))
	must(t, err)
	tone, err := h.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
		Identifier: active.MediaInsightsPipeline.MediaPipelineId, LanguageCode: "en-US",
	})
	must(t, err)
	playing, hangUp := context.WithCancel(ctx)
	played := make(chan error, 1)
	go func() { played <- c.Play(playing) }()
	hook.wait(ctx, t, "in progress", pipelineChanged(*active.MediaInsightsPipeline.MediaPipelineArn, timbre.InsightsInProgress))
	p.Kill()
	hangUp()
	<-played

	p = serve(ctx, t, env...)
	h.voice, h.media = clients(p.At["api"])
	hook.wait(ctx, t, "failed", pipelineChanged(*active.MediaInsightsPipeline.MediaPipelineArn, timbre.InsightsFailed))
	hook.wait(ctx, t, "stopped", pipelineChanged(*idle.MediaInsightsPipeline.MediaPipelineArn, timbre.InsightsStopped))
	if s := h.pipelineStatus(ctx, t, *active.MediaInsightsPipeline.MediaPipelineId); s != mptypes.MediaPipelineStatusFailed {
		t.Errorf("pipeline in progress: got status %s, want Failed", s)
	}
	if s := h.pipelineStatus(ctx, t, *idle.MediaInsightsPipeline.MediaPipelineId); s != mptypes.MediaPipelineStatusStopped {
		t.Errorf("idle pipeline: got status %s, want Stopped", s)
	}
	e := hook.wait(ctx, t, "failure of its task", of(*tone.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId, timbre.ToneFailure))
	if got := pipelineChangeOf(e); got.StreamARN != caller {
		t.Errorf("failed task: got source stream %s, want %s", got.StreamARN, caller)
	}
}
