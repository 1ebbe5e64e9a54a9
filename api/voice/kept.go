package voice

import (
	"github.com/aws/aws-sdk-go-v2/service/chimesdkvoice/types"

	"timbre"
	"timbre/api/keep"
	"timbre/api/rest"
)

// shelves are what is kept and given back, and changes no call.
type shelves struct {
	groups          keep.Shelf[group]
	numbers         keep.Shelf[types.PhoneNumber]
	rules           keep.Shelf[types.SipRule]
	applications    keep.Shelf[types.SipMediaApplication]
	applicationLogs keep.Shelf[types.SipMediaApplicationLoggingConfiguration]
	emergencies     keep.Shelf[types.EmergencyCallingConfiguration]
	externals       keep.Shelf[types.ExternalSystemsConfiguration]
	globalSettings  keep.Shelf[types.VoiceConnectorSettings]
	numberSettings  keep.Shelf[numberSettings]
}

func newShelves(d Deps) shelves {
	return shelves{
		groups:          keep.New[group](d.Store, timbre.KindGroup, d.Now),
		numbers:         keep.New[types.PhoneNumber](d.Store, timbre.KindNumber, d.Now),
		rules:           keep.New[types.SipRule](d.Store, "SIP rule", d.Now),
		applications:    keep.New[types.SipMediaApplication](d.Store, "SIP media application", d.Now),
		applicationLogs: keep.New[types.SipMediaApplicationLoggingConfiguration](d.Store, "SIP media application logging configuration", d.Now),
		emergencies:     keep.New[types.EmergencyCallingConfiguration](d.Store, "emergency calling configuration", d.Now),
		externals:       keep.New[types.ExternalSystemsConfiguration](d.Store, "external systems configuration", d.Now),
		globalSettings:  keep.New[types.VoiceConnectorSettings](d.Store, "global setting", d.Now),
		numberSettings:  keep.New[numberSettings](d.Store, "phone number setting", d.Now),
	}
}

// registerKept ties in the operations whose state is kept and given back.
func registerKept(m *rest.Mux, s *service) {
	rest.Keep(m, rest.Voice, "CreateVoiceConnectorGroup", s.createGroup)
	rest.Keep(m, rest.Voice, "GetVoiceConnectorGroup", s.getGroup)
	rest.Keep(m, rest.Voice, "ListVoiceConnectorGroups", s.listGroups)
	rest.Keep(m, rest.Voice, "UpdateVoiceConnectorGroup", s.updateGroup)
	rest.Keep(m, rest.Voice, "DeleteVoiceConnectorGroup", s.deleteGroup)

	rest.Keep(m, rest.Voice, "GetPhoneNumber", s.getNumber)
	rest.Keep(m, rest.Voice, "ListPhoneNumbers", s.listNumbers)
	rest.Keep(m, rest.Voice, "UpdatePhoneNumber", s.updateNumber)
	rest.Keep(m, rest.Voice, "BatchUpdatePhoneNumber", s.batchUpdateNumber)
	rest.Keep(m, rest.Voice, "DeletePhoneNumber", s.deleteNumber)
	rest.Keep(m, rest.Voice, "BatchDeletePhoneNumber", s.batchDeleteNumber)
	rest.Keep(m, rest.Voice, "RestorePhoneNumber", s.restoreNumber)

	rest.Keep(m, rest.Voice, "AssociatePhoneNumbersWithVoiceConnector", s.associateConnector)
	rest.Keep(m, rest.Voice, "AssociatePhoneNumbersWithVoiceConnectorGroup", s.associateGroup)
	rest.Keep(m, rest.Voice, "DisassociatePhoneNumbersFromVoiceConnector", s.disassociateConnector)
	rest.Keep(m, rest.Voice, "DisassociatePhoneNumbersFromVoiceConnectorGroup", s.disassociateGroup)

	rest.Keep(m, rest.Voice, "CreateSipRule", s.createRule)
	rest.Keep(m, rest.Voice, "GetSipRule", s.getRule)
	rest.Keep(m, rest.Voice, "ListSipRules", s.listRules)
	rest.Keep(m, rest.Voice, "UpdateSipRule", s.updateRule)
	rest.Keep(m, rest.Voice, "DeleteSipRule", s.deleteRule)

	rest.Keep(m, rest.Voice, "CreateSipMediaApplication", s.createApplication)
	rest.Keep(m, rest.Voice, "GetSipMediaApplication", s.getApplication)
	rest.Keep(m, rest.Voice, "ListSipMediaApplications", s.listApplications)
	rest.Keep(m, rest.Voice, "UpdateSipMediaApplication", s.updateApplication)
	rest.Keep(m, rest.Voice, "DeleteSipMediaApplication", s.deleteApplication)
	rest.Keep(m, rest.Voice, "PutSipMediaApplicationLoggingConfiguration", s.putApplicationLog)
	rest.Keep(m, rest.Voice, "GetSipMediaApplicationLoggingConfiguration", s.getApplicationLog)

	rest.Keep(m, rest.Voice, "PutVoiceConnectorEmergencyCallingConfiguration", s.putEmergency)
	rest.Keep(m, rest.Voice, "GetVoiceConnectorEmergencyCallingConfiguration", s.getEmergency)
	rest.Keep(m, rest.Voice, "DeleteVoiceConnectorEmergencyCallingConfiguration", s.deleteEmergency)
	rest.Keep(m, rest.Voice, "PutVoiceConnectorExternalSystemsConfiguration", s.putExternal)
	rest.Keep(m, rest.Voice, "GetVoiceConnectorExternalSystemsConfiguration", s.getExternal)
	rest.Keep(m, rest.Voice, "DeleteVoiceConnectorExternalSystemsConfiguration", s.deleteExternal)

	rest.Keep(m, rest.Voice, "GetGlobalSettings", s.getGlobal)
	rest.Keep(m, rest.Voice, "UpdateGlobalSettings", s.updateGlobal)
	rest.Keep(m, rest.Voice, "GetPhoneNumberSettings", s.getNumberSettings)
	rest.Keep(m, rest.Voice, "UpdatePhoneNumberSettings", s.updateNumberSettings)
}
