package test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	pipelines "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines"
	mptypes "github.com/aws/aws-sdk-go-v2/service/chimesdkmediapipelines/types"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/environment"
	"timbre/sip/phone"
)

// A connector with a live call and its pipeline configuration cannot be deleted. A voice profile domain can.
func TestResourcesInUseByACallCannotBeDeleted(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	c := newSampleCall(ctx, t)
	deleted := func() error {
		_, err := c.voice.DeleteVoiceConnector(ctx, &voice.DeleteVoiceConnectorInput{VoiceConnectorId: &c.connector})
		return err
	}
	var busy *vtypes.ConflictException
	if err := deleted(); !errors.As(err, &busy) {
		t.Errorf("delete of a connector with a live call: got error %v, want ConflictException", err)
	}
	token := "3848276298220188511@10.0.0.1"
	start := &voice.StartSpeakerSearchTaskInput{VoiceConnectorId: &c.connector, TransactionId: &c.id, VoiceProfileDomainId: &c.domain, ClientRequestToken: &token}
	first, err := c.voice.StartSpeakerSearchTask(ctx, start)
	must(t, err)
	again, err := c.voice.StartSpeakerSearchTask(ctx, start)
	must(t, err)
	if *first.SpeakerSearchTask.SpeakerSearchTaskId != *again.SpeakerSearchTask.SpeakerSearchTaskId {
		t.Errorf("got task %s for a repeated token, want %s", *again.SpeakerSearchTask.SpeakerSearchTaskId, *first.SpeakerSearchTask.SpeakerSearchTaskId)
	}
	streaming, err := c.voice.GetVoiceConnectorStreamingConfiguration(ctx, &voice.GetVoiceConnectorStreamingConfigurationInput{VoiceConnectorId: &c.connector})
	must(t, err)
	var linked *mptypes.ConflictException
	arn := streaming.StreamingConfiguration.MediaInsightsConfiguration.ConfigurationArn
	if _, err := c.media.DeleteMediaInsightsPipelineConfiguration(ctx, &pipelines.DeleteMediaInsightsPipelineConfigurationInput{Identifier: arn}); !errors.As(err, &linked) {
		t.Errorf("delete of the connector's configuration: got error %v, want ConflictException", err)
	}
	_, err = c.voice.DeleteVoiceProfileDomain(ctx, &voice.DeleteVoiceProfileDomainInput{VoiceProfileDomainId: &c.domain})
	must(t, err)
	c.talk()
	c.hook.wait(ctx, t, "the search failed without its domain", of(aws.ToString(first.SpeakerSearchTask.SpeakerSearchTaskId), timbre.IdentificationFailure))
	c.hook.wait(ctx, t, "stream ended", of(c.id, timbre.StreamingEnded))
	must(t, deleted())
}

func TestConcurrentCallQuota(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	s := settings(t, t.TempDir(), newReceiver(t))
	s.Limits = map[string]int{"calls": 1}
	n := start(t, s)
	setUp(ctx, t, n.API, hookARN)
	first := placeCall(ctx, t, n.SIP[0], "s3_enrol")
	config := phone.Config{
		Server: n.SIP[0], From: "+12065550100", To: "+13605550199", Metadata: true,
		Caller: phone.Party{AOR: "sip:+12065550100@example.com"}, Callee: phone.Party{AOR: "sip:agent@example.com"},
	}
	if _, err := phone.Dial(ctx, environment.Environment{}, config); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("second call: got error %v, want 503", err)
	}
	must(t, first.Hangup(ctx))
	must(t, placeCall(ctx, t, n.SIP[0], "s3_enrol").Hangup(ctx))
}
