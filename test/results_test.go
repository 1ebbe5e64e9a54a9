package test

import (
	"testing"

	"timbre/api"
	"timbre/api/rest"
	"timbre/conformance"
)

// refused says of the operations that Timbre answers with a reason why it does not do them that they are.
func refused() map[string]bool {
	named := map[string]bool{}
	for _, c := range api.Coverage() {
		prefix := map[*rest.Service]string{rest.Voice: "voice.", rest.Pipelines: "media."}[c.Service]
		named[prefix+c.Operation.Name] = c.State == rest.Refused
	}
	return named
}

// asExpected fails the test for each result that is not as it should be: every check passes, but for those of operations
// that are refused for a reason.
func asExpected(t *testing.T, results []conformance.Result) {
	t.Helper()
	refused := refused()
	for _, r := range results {
		switch refused := refused[r.Operation]; {
		case r.Outcome == conformance.Failed || r.Outcome == conformance.Skipped || r.Outcome == conformance.NotServed && !refused:
			t.Errorf("%s: %s: %s: %s", r.Area, r.Check, r.Outcome, r.Reason)
		case r.Outcome == conformance.Passed && refused:
			t.Errorf("%s: %s: %s does something, and docs/coverage.md says that it is refused", r.Area, r.Check, r.Operation)
		}
	}
}
