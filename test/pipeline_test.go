package test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
)

// change is what a Media Insights State Change says, and what an event of a pipeline's task says of its source.
type change struct {
	EventType     string `json:"eventType"`
	PipelineARN   string `json:"mediaInsightsPipelineArn"`
	Configuration string `json:"mediaInsightsPipelineConfigurationArn"`
	TransactionID string `json:"transactionId"`
	ConnectorID   string `json:"voiceConnectorId"`
	From          string `json:"fromNumber"`
	Note          string `json:"note"`

	StreamARN  string `json:"streamArn"`
	PipelineID string `json:"mediaInsightsPipelineId"`
	SourceARN  string `json:"sourceArn"`
	Channel    *int   `json:"channelId"`
	Fragment   string `json:"startFragmentNumber"`
	IsCaller   *bool  `json:"isCaller"`
}

func pipelineChangeOf(e event) change {
	var c struct{ Detail change }
	_ = json.Unmarshal(e.Raw, &c)
	return c.Detail
}

// pipelineChanged is a change of state of the pipeline with an ARN, or of one on a call.
func pipelineChanged(id, eventType string) func(event) bool {
	return func(e event) bool {
		c := pipelineChangeOf(e)
		return e.DetailType == "Media Insights State Change" && c.EventType == eventType && (c.PipelineARN == id || c.TransactionID == id)
	}
}

// stream is the ARN of a leg's stream, as the streaming events tell it.
func stream(ctx context.Context, t *testing.T, hook *receiver, transaction string, caller bool) string {
	t.Helper()
	return begun(ctx, t, hook, transaction, caller).StreamARN
}

func begun(ctx context.Context, t *testing.T, hook *receiver, transaction string, caller bool) change {
	t.Helper()
	e := hook.wait(ctx, t, "a stream has begun", func(e event) bool {
		return of(transaction, timbre.StreamingStarted)(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
	})
	return pipelineChangeOf(e)
}

func (h deployment) configurationARN(ctx context.Context, t *testing.T) *string {
	t.Helper()
	c, err := h.media.GetMediaInsightsPipelineConfiguration(ctx, &pipelines.GetMediaInsightsPipelineConfigurationInput{Identifier: aws.String("analytics")})
	must(t, err)
	return c.MediaInsightsPipelineConfiguration.MediaInsightsPipelineConfigurationArn
}

// pipelineInput is the request of a pipeline on streams, the channels numbered in their order.
func (h deployment) pipelineInput(ctx context.Context, t *testing.T, streams ...string) *pipelines.CreateMediaInsightsPipelineInput {
	t.Helper()
	in := &pipelines.CreateMediaInsightsPipelineInput{
		MediaInsightsPipelineConfigurationArn: h.configurationARN(ctx, t),
		KinesisVideoStreamSourceRuntimeConfiguration: &mptypes.KinesisVideoStreamSourceRuntimeConfiguration{
			MediaEncoding: mptypes.MediaEncodingPcm, MediaSampleRate: aws.Int32(8000),
		},
		MediaInsightsRuntimeMetadata: map[string]string{"note": "by hand"},
	}
	for i, s := range streams {
		in.KinesisVideoStreamSourceRuntimeConfiguration.Streams = append(in.KinesisVideoStreamSourceRuntimeConfiguration.Streams,
			mptypes.StreamConfiguration{StreamArn: &s, StreamChannelDefinition: &mptypes.StreamChannelDefinition{
				NumberOfChannels: aws.Int32(1), ChannelDefinitions: []mptypes.ChannelDefinition{
					{ChannelId: int32(i), ParticipantRole: []mptypes.ParticipantRole{"CUSTOMER", "AGENT"}[i]},
				},
			}})
	}
	return in
}

func (h deployment) pipelineStatus(ctx context.Context, t *testing.T, id string) mptypes.MediaPipelineStatus {
	t.Helper()
	g, err := h.media.GetMediaPipeline(ctx, &pipelines.GetMediaPipelineInput{MediaPipelineId: &id})
	must(t, err)
	return g.MediaPipeline.MediaInsightsPipeline.Status
}

// A pipeline made by hand on both streams of a live call: its tasks find out who speaks and how, and report it in the
// pipeline's form; what they found can be enrolled; delete forgets the pipeline.
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
	if p.Status != mptypes.MediaPipelineStatusNotStarted || len(p.ElementStatuses) != 1 || p.ElementStatuses[0].Status != "NotStarted" ||
		p.MediaInsightsRuntimeMetadata["note"] != "by hand" || *p.KinesisVideoStreamSourceRuntimeConfiguration.Streams[1].StreamArn != agent {
		t.Errorf("got event %+v", p)
	}
	again, err := h.media.CreateMediaInsightsPipeline(ctx, in)
	must(t, err)
	if *again.MediaInsightsPipeline.MediaPipelineId != *p.MediaPipelineId {
		t.Error("a repeated token made a second pipeline")
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
		t.Errorf("the search is %s", s.SpeakerSearchTask.SpeakerSearchTaskStatus)
	}
	repeated, err := h.media.StartSpeakerSearchTask(ctx, search)
	must(t, err)
	if *repeated.SpeakerSearchTask.SpeakerSearchTaskId != *s.SpeakerSearchTask.SpeakerSearchTaskId {
		t.Error("a repeated token started a second search")
	}
	search.ClientRequestToken = nil
	if _, err = h.media.StartSpeakerSearchTask(ctx, search); !is[*mptypes.ConflictException](err) {
		t.Errorf("a second search on a stream: %v", err)
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
	if got.PipelineID != *p.MediaPipelineId || got.SourceARN != *p.MediaPipelineArn || got.StreamARN != caller || got.Channel == nil || *got.Channel != 0 ||
		got.TransactionID != "" || got.IsCaller != nil {
		t.Errorf("the search tells its source as %+v", got)
	}
	hook.wait(ctx, t, "a voiceprint", of(task, timbre.VoiceprintGenerationSuccess))
	hook.wait(ctx, t, "the connector's search", of(viaConnector, timbre.VoiceprintGenerationSuccess))
	for i, tone := range tones {
		e := hook.wait(ctx, t, "a tone", of(tone, timbre.ToneCompleted))
		checkTone(t, e)
		got := pipelineChangeOf(e)
		if want := []string{caller, agent}[i]; got.StreamARN != want || got.Channel == nil || *got.Channel != i || timbre.CheckFragment(want, got.Fragment, 0) != nil {
			t.Errorf("tone %d tells its source as %+v", i, got)
		}
		g, err := h.media.GetVoiceToneAnalysisTask(ctx, &pipelines.GetVoiceToneAnalysisTaskInput{Identifier: p.MediaPipelineArn, VoiceToneAnalysisTaskId: &tone})
		must(t, err)
		if g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus != mptypes.MediaPipelineTaskStatusStopped {
			t.Errorf("tone %d is %s", i, g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus)
		}
	}
	if _, err := h.media.StopVoiceToneAnalysisTask(ctx, &pipelines.StopVoiceToneAnalysisTaskInput{Identifier: p.MediaPipelineId, VoiceToneAnalysisTaskId: &tones[0]}); !is[*mptypes.ConflictException](err) {
		t.Errorf("stopping what has ended: %v", err)
	}
	if _, err := h.media.GetSpeakerSearchTask(ctx, &pipelines.GetSpeakerSearchTaskInput{Identifier: p.MediaPipelineId, SpeakerSearchTaskId: &viaConnector}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("the connector's task by the pipeline: %v", err)
	}
	_, err = h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &task})
	must(t, err)

	_, err = h.media.DeleteMediaPipeline(ctx, &pipelines.DeleteMediaPipelineInput{MediaPipelineId: p.MediaPipelineId})
	must(t, err)
	if note := pipelineChangeOf(hook.wait(ctx, t, "stopped", pipelineChanged(*p.MediaPipelineArn, timbre.InsightsStopped))).Note; note != "by hand" {
		t.Errorf("the metadata's note is %q", note)
	}
	if _, err := h.media.GetMediaPipeline(ctx, &pipelines.GetMediaPipelineInput{MediaPipelineId: p.MediaPipelineId}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("a deleted pipeline: %v", err)
	}
	if _, err := h.media.DeleteMediaPipeline(ctx, &pipelines.DeleteMediaPipelineInput{MediaPipelineId: p.MediaPipelineId}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("deleted again: %v", err)
	}
}

// The connector makes a pipeline of its own for each call. Pause stops what was started on it, and not what was started
// through the connector.
func TestConnectorPipelinePauseAndResume(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	created := pipelineChangeOf(hook.wait(ctx, t, "a pipeline was made", pipelineChanged(c.TransactionID, timbre.InsightsCreated)))
	if created.ConnectorID != h.connector || created.From != "+12065550100" || created.Configuration != *h.configurationARN(ctx, t) {
		t.Errorf("got event %+v", created)
	}
	list, err := h.media.ListMediaPipelines(ctx, &pipelines.ListMediaPipelinesInput{})
	must(t, err)
	if len(list.MediaPipelines) != 1 || *list.MediaPipelines[0].MediaPipelineArn != created.PipelineARN {
		t.Fatalf("listed %+v", list.MediaPipelines)
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
		t.Errorf("the pipeline is %s", s)
	}
	g, err := h.media.GetVoiceToneAnalysisTask(ctx, &pipelines.GetVoiceToneAnalysisTaskInput{Identifier: id, VoiceToneAnalysisTaskId: v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId})
	must(t, err)
	if s := g.VoiceToneAnalysisTask.VoiceToneAnalysisTaskStatus; s != mptypes.MediaPipelineTaskStatusStopped {
		t.Errorf("the paused pipeline's task is %s", s)
	}
	if _, err := toneOn(0, false); !is[*mptypes.ConflictException](err) {
		t.Errorf("a start on a paused pipeline: %v", err)
	}
	if err := status("Pause"); !is[*mptypes.ConflictException](err) {
		t.Errorf("paused twice: %v", err)
	}
	must(t, status("Resume"))
	v, err = toneOn(0, false)
	must(t, err)
	_, err = h.media.StopVoiceToneAnalysisTask(ctx, &pipelines.StopVoiceToneAnalysisTaskInput{Identifier: id, VoiceToneAnalysisTaskId: v.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId})
	must(t, err)

	must(t, c.Play(ctx))
	hook.wait(ctx, t, "in progress", pipelineChanged(created.PipelineARN, timbre.InsightsInProgress))
	hook.wait(ctx, t, "the connector's search goes on", of(search, timbre.VoiceprintGenerationSuccess))
	must(t, c.Hangup(ctx))
}

func TestPipelineRefusals(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s1_enrol")
	caller := stream(ctx, t, hook, c.TransactionID, true)
	unknown := strings.Replace(caller, "stream/", "stream/un", 1)

	create := func(change func(*pipelines.CreateMediaInsightsPipelineInput)) error {
		in := h.pipelineInput(ctx, t, caller)
		change(in)
		_, err := h.media.CreateMediaInsightsPipeline(ctx, in)
		return err
	}
	if err := create(func(in *pipelines.CreateMediaInsightsPipelineInput) { *in = *h.pipelineInput(ctx, t, unknown) }); !is[*mptypes.NotFoundException](err) {
		t.Errorf("an unknown stream: %v", err)
	}
	if err := create(func(in *pipelines.CreateMediaInsightsPipelineInput) {
		*in.MediaInsightsPipelineConfigurationArn += "-not"
	}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("an unknown configuration: %v", err)
	}
	for name, change := range map[string]func(*pipelines.CreateMediaInsightsPipelineInput){
		"no source": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration = nil
		},
		"a stream twice": func(in *pipelines.CreateMediaInsightsPipelineInput) { *in = *h.pipelineInput(ctx, t, caller, caller) },
		"another rate": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration.MediaSampleRate = aws.Int32(16000)
		},
		"a fragment that no stream has": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration.Streams[0].FragmentNumber = aws.String("91343852333181432392682062622220590765191907586")
		},
		"two channels in a stream": func(in *pipelines.CreateMediaInsightsPipelineInput) {
			in.KinesisVideoStreamSourceRuntimeConfiguration.Streams[0].StreamChannelDefinition.NumberOfChannels = aws.Int32(2)
		},
	} {
		if err := create(change); !is[*mptypes.BadRequestException](err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	err := create(func(in *pipelines.CreateMediaInsightsPipelineInput) {
		in.KinesisVideoStreamSourceRuntimeConfiguration = nil
		in.KinesisVideoStreamRecordingSourceRuntimeConfiguration = &mptypes.KinesisVideoStreamRecordingSourceRuntimeConfiguration{
			Streams: []mptypes.RecordingStreamConfiguration{{StreamArn: &caller}},
			FragmentSelector: &mptypes.FragmentSelector{FragmentSelectorType: "ServerTimestamp", TimestampRange: &mptypes.TimestampRange{
				StartTimestamp: aws.Time(time.Unix(1, 0)), EndTimestamp: aws.Time(time.Unix(2, 0)),
			}},
		}
	})
	if bad := (*mptypes.BadRequestException)(nil); !errors.As(err, &bad) || !strings.Contains(*bad.Message, "does not support") {
		t.Errorf("a recording: %v", err)
	}

	made, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller))
	must(t, err)
	id := made.MediaInsightsPipeline.MediaPipelineId
	tone := func(stream string, channel int32) error {
		_, err := h.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
			Identifier: id, LanguageCode: "en-US",
			KinesisVideoStreamSourceTaskConfiguration: &mptypes.KinesisVideoStreamSourceTaskConfiguration{StreamArn: &stream, ChannelId: channel},
		})
		return err
	}
	if err := tone(unknown, 0); !is[*mptypes.NotFoundException](err) {
		t.Errorf("a stream that the pipeline does not take: %v", err)
	}
	if err := tone(caller, 1); !is[*mptypes.BadRequestException](err) {
		t.Errorf("a channel that the stream does not have: %v", err)
	}
	arn := "arn:aws:chime:us-east-1:000000000000:voice-profile-domain/none"
	if _, err := h.media.StartSpeakerSearchTask(ctx, &pipelines.StartSpeakerSearchTaskInput{Identifier: id, VoiceProfileDomainArn: &arn}); !is[*mptypes.NotFoundException](err) {
		t.Errorf("an unknown domain: %v", err)
	}
	if _, err := h.media.DeleteMediaInsightsPipelineConfiguration(ctx, &pipelines.DeleteMediaInsightsPipelineConfigurationInput{Identifier: aws.String("analytics")}); !is[*mptypes.ConflictException](err) {
		t.Errorf("a configuration in use is deleted: %v", err)
	}

	// What the configuration says from now on holds for the next start.
	_, err = h.media.UpdateMediaInsightsPipelineConfiguration(ctx, &pipelines.UpdateMediaInsightsPipelineConfigurationInput{
		Identifier: aws.String("analytics"), ResourceAccessRoleArn: aws.String("arn:aws:iam::000000000000:role/another"),
		Elements: []mptypes.MediaInsightsPipelineConfigurationElement{{
			Type:                                 "VoiceAnalyticsProcessor",
			VoiceAnalyticsProcessorConfiguration: &mptypes.VoiceAnalyticsProcessorConfiguration{SpeakerSearchStatus: "Enabled", VoiceToneAnalysisStatus: "Disabled"},
		}},
	})
	must(t, err)
	if err := tone(caller, 0); !is[*mptypes.ConflictException](err) {
		t.Errorf("a tone analysis where it is disabled: %v", err)
	}
	must(t, c.Hangup(ctx))
	if _, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller)); !is[*mptypes.NotFoundException](err) {
		t.Errorf("a stream that has ended: %v", err)
	}
}

// kill -9 while a pipeline is in progress: it has failed and this is created; one that had not begun is stopped.
func TestPipelinesFailAfterKill(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
	defer cancel()
	hook := newReceiver(t)
	env := append(serverEnv(t.TempDir()),
		"TIMBRE_NOTIFY_WEBHOOKS=test="+hook.URL+"#"+hookSecret, "TIMBRE_NOTIFY_STREAMING=EventBridge=test")
	p := serve(ctx, t, env...)
	h := setUp(ctx, t, p.at["api"], hookARN)
	c := placeCall(ctx, t, p.at["sip udp"], "s1_second")
	caller := stream(ctx, t, hook, c.TransactionID, true)
	begun, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller))
	must(t, err)
	idle, err := h.media.CreateMediaInsightsPipeline(ctx, h.pipelineInput(ctx, t, caller))
	must(t, err)
	tone, err := h.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
		Identifier: begun.MediaInsightsPipeline.MediaPipelineId, LanguageCode: "en-US",
	})
	must(t, err)
	playing, hangUp := context.WithCancel(ctx)
	played := make(chan error, 1)
	go func() { played <- c.Play(playing) }()
	hook.wait(ctx, t, "in progress", pipelineChanged(*begun.MediaInsightsPipeline.MediaPipelineArn, timbre.InsightsInProgress))
	p.kill(t)
	hangUp()
	<-played

	p = serve(ctx, t, env...)
	h.voice, h.media = clients(p.at["api"])
	hook.wait(ctx, t, "failed", pipelineChanged(*begun.MediaInsightsPipeline.MediaPipelineArn, timbre.InsightsFailed))
	hook.wait(ctx, t, "stopped", pipelineChanged(*idle.MediaInsightsPipeline.MediaPipelineArn, timbre.InsightsStopped))
	if s := h.pipelineStatus(ctx, t, *begun.MediaInsightsPipeline.MediaPipelineId); s != mptypes.MediaPipelineStatusFailed {
		t.Errorf("the pipeline in progress is %s", s)
	}
	if s := h.pipelineStatus(ctx, t, *idle.MediaInsightsPipeline.MediaPipelineId); s != mptypes.MediaPipelineStatusStopped {
		t.Errorf("the idle pipeline is %s", s)
	}
	e := hook.wait(ctx, t, "its task failed", of(*tone.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId, timbre.ToneFailure))
	if got := pipelineChangeOf(e); got.StreamARN != caller {
		t.Errorf("the failed task tells its source as %+v", got)
	}
}

// is says whether an error is one of the SDK's types.
func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}
