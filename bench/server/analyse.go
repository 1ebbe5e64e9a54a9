package server

import (
	"context"
	"errors"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"
)

// Analyse starts both tasks on a call, a search of its caller and a voice tone analysis, and gives their ids.
func (o Deployment) Analyse(ctx context.Context, transaction string) (search, tone string, err error) {
	s, err1 := o.API.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &o.Connector,
		TransactionId:    &transaction, VoiceProfileDomainId: &o.Domain, CallLeg: vtypes.CallLegTypeCaller,
	})
	t, err2 := o.API.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &o.Connector,
		TransactionId:    &transaction, LanguageCode: vtypes.LanguageCodeEnUs,
	})
	if err := errors.Join(err1, err2); err != nil {
		return "", "", err
	}
	return *s.SpeakerSearchTask.SpeakerSearchTaskId, *t.VoiceToneAnalysisTask.VoiceToneAnalysisTaskId, nil
}
