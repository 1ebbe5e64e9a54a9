package voice

import (
	"context"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
)

// numberSettings is the document behind GetPhoneNumberSettings.
type numberSettings struct {
	CallingName                 string
	CallingNameUpdatedTimestamp time.Time
}

// account is the id of settings that exist once per account.
const account = "account"

// zeroIfNotFound turns NotFound into the zero value, for settings that were never put.
func zeroIfNotFound[T any](v T, err error) (T, error) {
	if timbre.KindOf(err) == timbre.NotFound {
		return v, nil
	}
	return v, err
}

func (s *service) getGlobal(ctx context.Context, _ *sdk.GetGlobalSettingsInput) (*sdk.GetGlobalSettingsOutput, error) {
	doc, err := zeroIfNotFound(s.globalSettings.Get(ctx, account))
	return &sdk.GetGlobalSettingsOutput{VoiceConnector: &doc}, err
}

func (s *service) updateGlobal(ctx context.Context, in *sdk.UpdateGlobalSettingsInput) (*sdk.UpdateGlobalSettingsOutput, error) {
	return &sdk.UpdateGlobalSettingsOutput{}, s.globalSettings.Put(ctx, timbre.Resource{ID: account}, *in.VoiceConnector)
}

func (s *service) getNumberSettings(ctx context.Context, _ *sdk.GetPhoneNumberSettingsInput) (*sdk.GetPhoneNumberSettingsOutput, error) {
	doc, err := zeroIfNotFound(s.numberSettings.Get(ctx, account))
	return &sdk.GetPhoneNumberSettingsOutput{
		CallingName: nonZero(doc.CallingName), CallingNameUpdatedTimestamp: nonZeroTime(doc.CallingNameUpdatedTimestamp),
	}, err
}

// updateNumberSettings accepts a new calling name at any time, because no carrier must be notified.
func (s *service) updateNumberSettings(ctx context.Context, in *sdk.UpdatePhoneNumberSettingsInput) (*sdk.UpdatePhoneNumberSettingsOutput, error) {
	return &sdk.UpdatePhoneNumberSettingsOutput{}, s.numberSettings.Put(ctx, timbre.Resource{ID: account}, numberSettings{*in.CallingName, s.env.Now()})
}

func (s *service) putEmergency(ctx context.Context, in *sdk.PutVoiceConnectorEmergencyCallingConfigurationInput) (*sdk.PutVoiceConnectorEmergencyCallingConfigurationOutput, error) {
	err := s.emergencies.Put(ctx, ownedBy(*in.VoiceConnectorId), *in.EmergencyCallingConfiguration)
	return &sdk.PutVoiceConnectorEmergencyCallingConfigurationOutput{EmergencyCallingConfiguration: in.EmergencyCallingConfiguration}, err
}

func (s *service) getEmergency(ctx context.Context, in *sdk.GetVoiceConnectorEmergencyCallingConfigurationInput) (*sdk.GetVoiceConnectorEmergencyCallingConfigurationOutput, error) {
	doc, err := s.emergencies.Get(ctx, *in.VoiceConnectorId)
	return &sdk.GetVoiceConnectorEmergencyCallingConfigurationOutput{EmergencyCallingConfiguration: &doc}, err
}

func (s *service) deleteEmergency(ctx context.Context, in *sdk.DeleteVoiceConnectorEmergencyCallingConfigurationInput) (*sdk.DeleteVoiceConnectorEmergencyCallingConfigurationOutput, error) {
	return &sdk.DeleteVoiceConnectorEmergencyCallingConfigurationOutput{}, s.emergencies.Delete(ctx, *in.VoiceConnectorId)
}

func (s *service) putExternal(ctx context.Context, in *sdk.PutVoiceConnectorExternalSystemsConfigurationInput) (*sdk.PutVoiceConnectorExternalSystemsConfigurationOutput, error) {
	doc := types.ExternalSystemsConfiguration{
		SessionBorderControllerTypes: in.SessionBorderControllerTypes, ContactCenterSystemTypes: in.ContactCenterSystemTypes,
	}
	err := s.externals.Put(ctx, ownedBy(*in.VoiceConnectorId), doc)
	return &sdk.PutVoiceConnectorExternalSystemsConfigurationOutput{ExternalSystemsConfiguration: &doc}, err
}

func (s *service) getExternal(ctx context.Context, in *sdk.GetVoiceConnectorExternalSystemsConfigurationInput) (*sdk.GetVoiceConnectorExternalSystemsConfigurationOutput, error) {
	doc, err := s.externals.Get(ctx, *in.VoiceConnectorId)
	return &sdk.GetVoiceConnectorExternalSystemsConfigurationOutput{ExternalSystemsConfiguration: &doc}, err
}

func (s *service) deleteExternal(ctx context.Context, in *sdk.DeleteVoiceConnectorExternalSystemsConfigurationInput) (*sdk.DeleteVoiceConnectorExternalSystemsConfigurationOutput, error) {
	return &sdk.DeleteVoiceConnectorExternalSystemsConfigurationOutput{}, s.externals.Delete(ctx, *in.VoiceConnectorId)
}

// ownedBy is the resource of a setting that a connector or application has one of.
func ownedBy(id string) timbre.Resource { return timbre.Resource{ID: id, Owner: id} }
