package test

import (
	"testing"

	"timbre/api"
	"timbre/api/rest"
	"timbre/conformance"
)

// scriptName is the name of an operation in scripts, such as voice.GetVoiceConnector.
func scriptName(c rest.Covered) string {
	return map[*rest.Service]string{rest.Voice: "voice.", rest.Pipelines: "media."}[c.Service] + c.Operation.Name
}

// refusedOperations returns, for each operation, whether Timbre refuses it with a reason.
func refusedOperations() map[string]bool {
	byName := map[string]bool{}
	for _, c := range api.Coverage() {
		byName[scriptName(c)] = c.State == rest.Refused
	}
	return byName
}

// checkResults fails the test for each check that does not pass, except those of operations that Timbre refuses with a reason.
func checkResults(t *testing.T, results []conformance.Result) {
	t.Helper()
	all := refusedOperations()
	for _, r := range results {
		switch refused := all[r.Operation]; {
		case r.Outcome == conformance.Failed || r.Outcome == conformance.Skipped || r.Outcome == conformance.NotServed && !refused:
			t.Errorf("%s: %s: %s: %s", r.Area, r.Check, r.Outcome, r.Reason)
		case r.Outcome == conformance.Passed && refused:
			t.Errorf("%s: %s: %s passed, want it refused as docs/coverage.md says", r.Area, r.Check, r.Operation)
		}
	}
}
