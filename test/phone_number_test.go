package test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
)

func TestPhoneNumberAssociationsSurviveRestart(t *testing.T) {
	ctx, folder, hook := t.Context(), t.TempDir(), newReceiver(t)
	const number = "+12065550100"
	var id *string
	t.Run("first run", func(t *testing.T) {
		s := settings(t, folder, hook)
		s.Numbers = []string{number, "+12065550101"}
		sdk, _ := clients(start(t, s).API)
		c, err := sdk.CreateVoiceConnector(ctx, &voice.CreateVoiceConnectorInput{Name: aws.String("sbc"), RequireEncryption: aws.Bool(false)})
		must(t, err)
		id = c.VoiceConnector.VoiceConnectorId
		out, err := sdk.AssociatePhoneNumbersWithVoiceConnector(ctx, &voice.AssociatePhoneNumbersWithVoiceConnectorInput{VoiceConnectorId: id, E164PhoneNumbers: []string{number}})
		must(t, err)
		if len(out.PhoneNumberErrors) > 0 {
			t.Errorf("%+v", out.PhoneNumberErrors)
		}
	})
	t.Run("second run, with a shorter list", func(t *testing.T) {
		sdk, _ := clients(start(t, settings(t, folder, hook)).API)
		list, err := sdk.ListPhoneNumbers(ctx, &voice.ListPhoneNumbersInput{})
		must(t, err)
		if len(list.PhoneNumbers) != 1 || *list.PhoneNumbers[0].PhoneNumberId != number || *list.PhoneNumbers[0].Associations[0].Value != *id {
			t.Errorf("%+v", list.PhoneNumbers)
		}
		if _, err := sdk.DeleteVoiceConnector(ctx, &voice.DeleteVoiceConnectorInput{VoiceConnectorId: id}); err == nil {
			t.Error("a connector with a number was deleted")
		}
	})
}
