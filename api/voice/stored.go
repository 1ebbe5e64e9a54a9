package voice

import (
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/document"
	"timbre/api/rest"
	"timbre/environment"
)

// collections holds what is stored and returned, and affects no call.
type collections struct {
	groups          document.Collection[group]
	numbers         document.Collection[types.PhoneNumber]
	rules           document.Collection[types.SipRule]
	applications    document.Collection[types.SipMediaApplication]
	applicationLogs document.Collection[types.SipMediaApplicationLoggingConfiguration]
	emergencies     document.Collection[types.EmergencyCallingConfiguration]
	externals       document.Collection[types.ExternalSystemsConfiguration]
	globalSettings  document.Collection[types.VoiceConnectorSettings]
	numberSettings  document.Collection[numberSettings]
}

func newCollections(env environment.Environment, store timbre.Resources) collections {
	return collections{
		groups:          document.New[group](env, timbre.KindGroup, store),
		numbers:         document.New[types.PhoneNumber](env, timbre.KindNumber, store),
		rules:           document.New[types.SipRule](env, "SIP rule", store),
		applications:    document.New[types.SipMediaApplication](env, "SIP media application", store),
		applicationLogs: document.New[types.SipMediaApplicationLoggingConfiguration](env, "SIP media application logging configuration", store),
		emergencies:     document.New[types.EmergencyCallingConfiguration](env, "emergency calling configuration", store),
		externals:       document.New[types.ExternalSystemsConfiguration](env, "external systems configuration", store),
		globalSettings:  document.New[types.VoiceConnectorSettings](env, "global setting", store),
		numberSettings:  document.New[numberSettings](env, "phone number setting", store),
	}
}

// registerStored adds the operations whose state is stored and returned, and has no other effect.
func registerStored(m *rest.Mux, s *service) {
	rest.Store(m, rest.Voice, "CreateVoiceConnectorGroup", s.createGroup)
	rest.Store(m, rest.Voice, "GetVoiceConnectorGroup", s.getGroup)
	rest.Store(m, rest.Voice, "ListVoiceConnectorGroups", s.listGroups)
	rest.Store(m, rest.Voice, "UpdateVoiceConnectorGroup", s.updateGroup)
	rest.Store(m, rest.Voice, "DeleteVoiceConnectorGroup", s.deleteGroup)

	rest.Store(m, rest.Voice, "GetPhoneNumber", s.getNumber)
	rest.Store(m, rest.Voice, "ListPhoneNumbers", s.listNumbers)
	rest.Store(m, rest.Voice, "UpdatePhoneNumber", s.updateNumber)
	rest.Store(m, rest.Voice, "BatchUpdatePhoneNumber", s.batchUpdateNumber)
	rest.Store(m, rest.Voice, "DeletePhoneNumber", s.deleteNumber)
	rest.Store(m, rest.Voice, "BatchDeletePhoneNumber", s.batchDeleteNumber)
	rest.Store(m, rest.Voice, "RestorePhoneNumber", s.restoreNumber)

	rest.Store(m, rest.Voice, "AssociatePhoneNumbersWithVoiceConnector", s.associateConnector)
	rest.Store(m, rest.Voice, "AssociatePhoneNumbersWithVoiceConnectorGroup", s.associateGroup)
	rest.Store(m, rest.Voice, "DisassociatePhoneNumbersFromVoiceConnector", s.disassociateConnector)
	rest.Store(m, rest.Voice, "DisassociatePhoneNumbersFromVoiceConnectorGroup", s.disassociateGroup)

	rest.Store(m, rest.Voice, "CreateSipRule", s.createRule)
	rest.Store(m, rest.Voice, "GetSipRule", s.getRule)
	rest.Store(m, rest.Voice, "ListSipRules", s.listRules)
	rest.Store(m, rest.Voice, "UpdateSipRule", s.updateRule)
	rest.Store(m, rest.Voice, "DeleteSipRule", s.deleteRule)

	rest.Store(m, rest.Voice, "CreateSipMediaApplication", s.createApplication)
	rest.Store(m, rest.Voice, "GetSipMediaApplication", s.getApplication)
	rest.Store(m, rest.Voice, "ListSipMediaApplications", s.listApplications)
	rest.Store(m, rest.Voice, "UpdateSipMediaApplication", s.updateApplication)
	rest.Store(m, rest.Voice, "DeleteSipMediaApplication", s.deleteApplication)
	rest.Store(m, rest.Voice, "PutSipMediaApplicationLoggingConfiguration", s.putApplicationLog)
	rest.Store(m, rest.Voice, "GetSipMediaApplicationLoggingConfiguration", s.getApplicationLog)

	rest.Store(m, rest.Voice, "PutVoiceConnectorEmergencyCallingConfiguration", s.putEmergency)
	rest.Store(m, rest.Voice, "GetVoiceConnectorEmergencyCallingConfiguration", s.getEmergency)
	rest.Store(m, rest.Voice, "DeleteVoiceConnectorEmergencyCallingConfiguration", s.deleteEmergency)
	rest.Store(m, rest.Voice, "PutVoiceConnectorExternalSystemsConfiguration", s.putExternal)
	rest.Store(m, rest.Voice, "GetVoiceConnectorExternalSystemsConfiguration", s.getExternal)
	rest.Store(m, rest.Voice, "DeleteVoiceConnectorExternalSystemsConfiguration", s.deleteExternal)

	rest.Store(m, rest.Voice, "GetGlobalSettings", s.getGlobal)
	rest.Store(m, rest.Voice, "UpdateGlobalSettings", s.updateGlobal)
	rest.Store(m, rest.Voice, "GetPhoneNumberSettings", s.getNumberSettings)
	rest.Store(m, rest.Voice, "UpdatePhoneNumberSettings", s.updateNumberSettings)
}
