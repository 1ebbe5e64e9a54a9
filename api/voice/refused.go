package voice

import (
	"timbre"
	"timbre/api/rest"
)

// registerRefused ties the operations that would need AWS itself to the reason why Timbre does not do them.
func registerRefused(m *rest.Mux) {
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre does not search for phone numbers or order them: list the numbers that you have in its setting numbers.",
		"SearchAvailablePhoneNumbers", "CreatePhoneNumberOrder", "GetPhoneNumberOrder", "ListPhoneNumberOrders",
		"ListSupportedPhoneNumberCountries")
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre keeps SIP media applications but does not run them: it makes no calls from them and invokes no functions for them.",
		"CreateSipMediaApplicationCall", "UpdateSipMediaApplicationCall")
	rest.Refuse(m, rest.Voice, timbre.Gone,
		"Timbre has no Alexa skills for SIP media applications: AWS removed them in 2024.",
		"GetSipMediaApplicationAlexaSkillConfiguration", "PutSipMediaApplicationAlexaSkillConfiguration")
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre has no register of postal addresses and does not validate addresses for emergency calls.",
		"ValidateE911Address")
	rest.Refuse(m, rest.Voice, timbre.Invalid,
		"Timbre has no proxy sessions: their support ended on April 7, 2026.",
		"CreateProxySession", "GetProxySession", "ListProxySessions", "UpdateProxySession", "DeleteProxySession",
		"PutVoiceConnectorProxy", "GetVoiceConnectorProxy", "DeleteVoiceConnectorProxy")
}
