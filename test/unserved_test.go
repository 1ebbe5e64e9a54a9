package test

import (
	"slices"
	"testing"

	"timbre/conformance"
)

// notServedYet are the operations that this version answers with its typed 'not served'. The judges expect that of each,
// and fail when one of them is served: strike it here then.
var notServedYet = []string{}

// refused are the operations that Timbre answers with a reason why it does not do them.
var refused = []string{
	"media.CreateMediaCapturePipeline",
	"media.CreateMediaConcatenationPipeline",
	"media.CreateMediaLiveConnectorPipeline",
	"media.CreateMediaStreamPipeline",
	"media.DeleteMediaCapturePipeline",
	"media.GetMediaCapturePipeline",
	"voice.CreatePhoneNumberOrder",
	"voice.CreateProxySession",
	"voice.CreateSipMediaApplicationCall",
	"voice.DeleteProxySession",
	"voice.DeleteVoiceConnectorProxy",
	"voice.GetPhoneNumberOrder",
	"voice.GetProxySession",
	"voice.GetVoiceConnectorProxy",
	"voice.ListPhoneNumberOrders",
	"voice.ListProxySessions",
	"voice.ListSupportedPhoneNumberCountries",
	"voice.PutSipMediaApplicationAlexaSkillConfiguration",
	"voice.PutVoiceConnectorProxy",
	"voice.SearchAvailablePhoneNumbers",
	"voice.UpdateProxySession",
	"voice.UpdateSipMediaApplicationCall",
	"voice.ValidateE911Address",
}

// asExpected fails the test for each result that is not as it should be: every check passes, but for the operations above,
// and for what waits for one of them.
func asExpected(t *testing.T, results []conformance.Result) {
	t.Helper()
	for _, r := range results {
		unserved := slices.Contains(notServedYet, r.Operation) || slices.Contains(refused, r.Operation)
		switch {
		case r.Outcome == conformance.Failed:
			t.Errorf("%s: %s: %s", r.Area, r.Check, r.Reason)
		case r.Outcome == conformance.NotServed && !unserved:
			t.Errorf("%s: %s: %s is not served", r.Area, r.Check, r.Operation)
		case r.Outcome == conformance.Passed && unserved:
			t.Errorf("%s: %s: %s is served now: strike it from the list in unserved_test.go", r.Area, r.Check, r.Operation)
		case r.Outcome == conformance.Skipped && !slices.Contains(notServedYet, r.WaitsFor):
			t.Errorf("%s: %s: skipped: %s", r.Area, r.Check, r.Reason)
		}
	}
}
