package test

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// eventReader reads an event as the handlers in AWS's published samples do: by name, without checking that a member exists.
type eventReader struct {
	t      *testing.T
	fields map[string]any
}

func readEvent(t *testing.T, e event) eventReader {
	t.Helper()
	var fields map[string]any
	must(t, json.Unmarshal(e.Raw, &fields))
	return eventReader{t, fields}
}

// at returns the member at a path of names. A missing member ends the test, as it would crash the handler.
func at[T any](e eventReader, names ...string) T {
	e.t.Helper()
	var v any = e.fields
	for _, n := range names {
		m, ok := v.(map[string]any)
		if !ok || m[n] == nil {
			e.t.Fatalf("got no %s in event %v", strings.Join(names, "."), e.fields)
		}
		v = m[n]
	}
	got, ok := v.(T)
	if !ok {
		e.t.Fatalf("%s: got %v (%T), want a %T", strings.Join(names, "."), v, v, got)
	}
	return got
}

// sampleCall is a call whose events reach a handler.
type sampleCall struct {
	deployment
	hook  *receiver
	id    string
	ready eventReader
	talk  func()
}

func newSampleCall(ctx context.Context, t *testing.T) sampleCall {
	t.Helper()
	hook := newReceiver(t)
	n := start(t, settings(t, t.TempDir(), hook))
	h := setUp(ctx, t, n.API, hookARN)
	c := placeCall(ctx, t, n.SIP[0], "s3_enrol")
	ready := readEvent(t, hook.wait(ctx, t, "AnalyticsReady", of(c.TransactionID, timbre.AnalyticsReady)))
	return sampleCall{h, hook, c.TransactionID, ready, func() {
		t.Helper()
		must(t, c.Play(ctx))
		must(t, c.Hangup(ctx))
	}}
}

// Live Call Analytics' voice tone processor starts a tone analysis on AnalyticsReady, with the call ID as token. It turns each
// tone into a transcript segment: the event ID without its first three characters, the party, a weighted score and the time.
func TestLCAVoiceToneProcessorReadsEvents(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := newSampleCall(ctx, t)
	callID := at[string](c.ready, "detail", "callId")
	started, err := c.voice.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: aws.String(at[string](c.ready, "detail", "voiceConnectorId")), TransactionId: aws.String(at[string](c.ready, "detail", "transactionId")),
		LanguageCode: vtypes.LanguageCodeEnUs, ClientRequestToken: &callID,
	})
	must(t, err)
	task := *started.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId
	c.talk()

	c.hook.wait(ctx, t, "both tones completed", func(event) bool { return len(c.hook.all(of(task, timbre.ToneCompleted))) == 2 })
	callStart := at[string](readEvent(t, c.hook.all(of(c.id, timbre.StreamingStarted))[0]), "detail", "startTime")
	parties, last := map[string]int{}, map[string]string{}
	for _, e := range c.hook.all(of(task, timbre.ToneSuccessful)) {
		e := readEvent(t, e)
		party := "CALLER"
		if at[bool](e, "detail", "isCaller") {
			party = "AGENT" // as in the sample
		}
		parties[party]++
		tone := func(name string) []string {
			return []string{"detail", "voiceToneAnalysisDetails", "currentAverageVoiceTone", name}
		}
		score := func(name string) float64 {
			return at[float64](e, append(tone("voiceToneScore"), name)...)
		}
		if w := score("positive")*5 + score("negative")*-5; w < -5 || w > 5 || score("neutral") > 1 {
			t.Errorf("got weighted score %v and neutral %v, want -5 to 5 and at most 1", w, score("neutral"))
		}
		if label := strings.ToUpper(at[string](e, tone("voiceToneLabel")...)); !slices.Contains([]string{"POSITIVE", "NEGATIVE", "NEUTRAL"}, label) {
			t.Errorf("got label %s, want POSITIVE, NEGATIVE or NEUTRAL", label)
		}
		from, to := at[string](e, tone("startTime")...), at[string](e, tone("endTime")...)
		if !strptime.MatchString(from) || !strptime.MatchString(to) {
			t.Errorf("got times %s and %s, want the format %%Y-%%m-%%dT%%H:%%M:%%S.%%fZ", from, to)
		}
		if from > to || from < callStart || to < last[party] {
			t.Errorf("got a tone from %s to %s, want it in the call from %s and after the tone to %s", from, to, callStart, last[party])
		}
		last[party] = to
		if id := at[string](e, "id"); !strings.HasPrefix(id, "Id-") || len(id[3:]) != 36 {
			t.Errorf("got id %s, want Id- and a UUID", id)
		}
	}
	if parties["CALLER"] < 2 || parties["AGENT"] < 2 {
		t.Errorf("got tones by party %v, want at least 2 each", parties)
	}
}

// strptime matches what Python parses by the format %Y-%m-%dT%H:%M:%S.%fZ.
var strptime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z$`)

// The call analytics reader's voice analytics handler starts a tone analysis on an AnalyticsReady event of the type
// VoiceAnalyticsStatus, without a token, from members directly in the detail.
func TestReaderVoiceAnalyticsHandlerReadsEvents(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := newSampleCall(ctx, t)
	if kind := at[string](c.ready, "detail-type"); kind != "VoiceAnalyticsStatus" {
		t.Errorf("got detail-type %q, want %q", kind, "VoiceAnalyticsStatus")
	}
	at[bool](c.ready, "detail", "isCaller")
	at[map[string]any](c.ready, "detail", "inviteHeaders")
	started, err := c.voice.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: aws.String(at[string](c.ready, "detail", "voiceConnectorId")), TransactionId: aws.String(at[string](c.ready, "detail", "transactionId")),
		LanguageCode: vtypes.LanguageCodeEnUs,
	})
	must(t, err)
	c.talk()
	c.hook.wait(ctx, t, "a tone", of(*started.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId, timbre.ToneSuccessful))
}

// Live Call Analytics' initialization creates a pipeline from the STARTED events of both streams, caller first, starts a tone
// analysis on the caller's channel, and deletes the pipeline when the caller's stream has ended.
func TestLCAInitializationCreatesPipeline(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := newSampleCall(ctx, t)
	side := func(caller bool) eventReader {
		return readEvent(t, c.hook.wait(ctx, t, "STARTED", func(e event) bool {
			return of(c.id, timbre.StreamingStarted)(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller == caller
		}))
	}
	caller, agent := side(true), side(false)
	if kind := at[string](caller, "detail-type"); kind != "Chime VoiceConnector Streaming Status" {
		t.Errorf("got detail-type %q, want %q", kind, "Chime VoiceConnector Streaming Status")
	}
	stream := func(e eventReader, channel int32, role mptypes.ParticipantRole) mptypes.StreamConfiguration {
		return mptypes.StreamConfiguration{
			StreamArn: aws.String(at[string](e, "detail", "streamArn")), FragmentNumber: aws.String(at[string](e, "detail", "startFragmentNumber")),
			StreamChannelDefinition: &mptypes.StreamChannelDefinition{NumberOfChannels: aws.Int32(1), ChannelDefinitions: []mptypes.ChannelDefinition{{ChannelId: channel, ParticipantRole: role}}},
		}
	}
	metadata := map[string]string{}
	for _, name := range []string{"callId", "fromNumber", "toNumber", "voiceConnectorId", "transactionId", "direction"} {
		metadata[name] = at[string](caller, "detail", name)
	}
	configurations, err := c.media.ListMediaInsightsPipelineConfigurations(ctx, &pipelines.ListMediaInsightsPipelineConfigurationsInput{})
	must(t, err)
	made, err := c.media.CreateMediaInsightsPipeline(ctx, &pipelines.CreateMediaInsightsPipelineInput{
		MediaInsightsPipelineConfigurationArn: configurations.MediaInsightsPipelineConfigurations[0].MediaInsightsPipelineConfigurationArn,
		KinesisVideoStreamSourceRuntimeConfiguration: &mptypes.KinesisVideoStreamSourceRuntimeConfiguration{
			MediaEncoding: mptypes.MediaEncodingPcm, MediaSampleRate: aws.Int32(8000),
			Streams: []mptypes.StreamConfiguration{stream(caller, 0, mptypes.ParticipantRoleCustomer), stream(agent, 1, mptypes.ParticipantRoleAgent)},
		},
		MediaInsightsRuntimeMetadata: metadata,
	})
	must(t, err)
	pipeline := made.MediaInsightsPipeline.MediaPipelineId
	started, err := c.media.StartVoiceToneAnalysisTask(ctx, &pipelines.StartVoiceToneAnalysisTaskInput{
		Identifier: pipeline, LanguageCode: mptypes.VoiceAnalyticsLanguageCodeEnUs,
		KinesisVideoStreamSourceTaskConfiguration: &mptypes.KinesisVideoStreamSourceTaskConfiguration{StreamArn: aws.String(at[string](caller, "detail", "streamArn")), ChannelId: 0},
	})
	must(t, err)
	c.talk()
	e := readEvent(t, c.hook.wait(ctx, t, "a tone of the pipeline", of(*started.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId, timbre.ToneSuccessful)))
	if at[string](e, "detail", "mediaInsightsPipelineId") != *pipeline || at[string](e, "detail", "streamArn") != at[string](caller, "detail", "streamArn") || at[float64](e, "detail", "channelId") != 0 {
		t.Errorf("got event %v without tone", e.fields["detail"])
	}
	c.hook.wait(ctx, t, "the caller's stream ended", func(e event) bool {
		return of(c.id, timbre.StreamingEnded)(e) && e.Detail.IsCaller != nil && *e.Detail.IsCaller
	})
	_, err = c.media.DeleteMediaPipeline(ctx, &pipelines.DeleteMediaPipelineInput{MediaPipelineId: pipeline})
	must(t, err)
}
