package main

import (
	"context"
	"errors"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	vtypes "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre/bench/server"
)

// analyse starts both tasks, and gives the id of the search.
func analyse(ctx context.Context, o server.Deployment, transaction string) (string, error) {
	s, err1 := o.API.StartSpeakerSearchTask(ctx, &voice.StartSpeakerSearchTaskInput{
		VoiceConnectorId: &o.Connector,
		TransactionId:    &transaction, VoiceProfileDomainId: &o.Domain, CallLeg: vtypes.CallLegTypeCaller,
	})
	_, err2 := o.API.StartVoiceToneAnalysisTask(ctx, &voice.StartVoiceToneAnalysisTaskInput{
		VoiceConnectorId: &o.Connector,
		TransactionId:    &transaction, LanguageCode: vtypes.LanguageCodeEnUs,
	})
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	return *s.SpeakerSearchTask.SpeakerSearchTaskId, nil
}
