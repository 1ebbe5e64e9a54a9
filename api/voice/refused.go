package voice

import (
	"timbre"
	"timbre/api/rest"
)

// registerRefused binds the operations that would need AWS itself to the reason why Timbre refuses them.
func registerRefused(m *rest.Mux) {
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre does not search for or order phone numbers. List the numbers that you own in the setting numbers.",
		"SearchAvailablePhoneNumbers", "CreatePhoneNumberOrder", "GetPhoneNumberOrder", "ListPhoneNumberOrders",
		"ListSupportedPhoneNumberCountries")
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre stores SIP media applications but does not run them.",
		"CreateSipMediaApplicationCall", "UpdateSipMediaApplicationCall")
	rest.Refuse(m, rest.Voice, timbre.Gone,
		"Timbre does not support Alexa skills for SIP media applications: AWS removed them in 2024.",
		"GetSipMediaApplicationAlexaSkillConfiguration", "PutSipMediaApplicationAlexaSkillConfiguration")
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre does not validate postal addresses for emergency calls.",
		"ValidateE911Address")
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre does not support proxy sessions: AWS ended their support on April 7, 2026.",
		"CreateProxySession", "GetProxySession", "ListProxySessions", "UpdateProxySession", "DeleteProxySession",
		"PutVoiceConnectorProxy", "GetVoiceConnectorProxy", "DeleteVoiceConnectorProxy")
}
