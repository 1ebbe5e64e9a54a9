package conformance

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"timbre"
	"timbre/api/rest"
)

// against runs areas against a server that always answers alike.
func against(t *testing.T, status int, header map[string]string, body string, only ...string) Report {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for k, v := range header {
			w.Header().Set(k, v)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	r, err := Run(t.Context(), Config{Endpoint: server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""), Only: only, Timeout: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestServerThatAcceptsEverythingFails(t *testing.T) {
	harmless := []string{"a presigned request is accepted", "a refusal does not reveal the expected signature"}
	accepts := against(t, http.StatusOK, nil, `{}`, "wire", "signature", "validation", "configurations", "pagination", "idempotency", "tasks", "events")
	for _, r := range accepts.Results {
		if r.Outcome == NotServed || r.Outcome == Passed && r.Operation == "" && !slices.Contains(harmless, r.Check) {
			t.Errorf("%s: %s: got %s, want failed", r.Area, r.Check, r.Outcome)
		}
	}
	if passed := accepts.Count(Passed); accepts.Count(Failed) < 120 || passed > 10 {
		t.Errorf("got %d failed and %d passed, want at least 120 and at most 10", accepts.Count(Failed), passed)
	}
}

func TestUnsupportedOperationsAreNotPassed(t *testing.T) {
	refused := against(t, http.StatusBadRequest, map[string]string{"X-Amzn-Errortype": "BadRequestException"},
		`{"Code":"BadRequest","Message":"This version of Timbre does not support the operation Any."}`, "validation", "domains", "connectors", "streaming", "configurations", "tags", "pagination", "idempotency")
	for _, r := range refused.Results {
		if r.Outcome != NotServed && r.Outcome != Skipped && r.Check != "a token of one list is refused by another" {
			t.Errorf("%s: %s: got %s (%s), want not served", r.Area, r.Check, r.Outcome, r.Reason)
		}
		if r.Outcome == Skipped && r.WaitsFor == "" {
			t.Errorf("%s: %s: got skipped without the operation that it waits for", r.Area, r.Check)
		}
	}
	if refused.Count(NotServed) < 100 {
		t.Errorf("got %d not served, want at least 100", refused.Count(NotServed))
	}
}

func TestPermanentlyRefusedOperationsAreNotServed(t *testing.T) {
	for _, r := range against(t, http.StatusGone, map[string]string{"X-Amzn-Errortype": "GoneException"}, `{"Code":"Gone","Message":"Timbre does not support Alexa skills: AWS removed them."}`, "validation").Results {
		if r.Outcome != NotServed || r.Reason != "Timbre does not support Alexa skills: AWS removed them." {
			t.Errorf("%s: got %s (%s), want not served", r.Check, r.Outcome, r.Reason)
		}
	}
}

func TestWrongExceptionFails(t *testing.T) {
	for _, r := range against(t, http.StatusNotFound, map[string]string{"X-Amzn-Errortype": "NotFoundException"}, `{"Code":"NotFound","Message":"no"}`, "validation").Results {
		if r.Outcome != Failed {
			t.Errorf("%s: got %s, want failed", r.Check, r.Outcome)
		}
	}
}

func TestRunRefusesIncompleteConfig(t *testing.T) {
	key := credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "")
	for name, cfg := range map[string]Config{
		"no endpoint":     {Credentials: key},
		"no credentials":  {Endpoint: "http://127.0.0.1:1"},
		"no URL":          {Endpoint: "http://%", Credentials: key},
		"an unknown area": {Endpoint: "http://127.0.0.1:1", Credentials: key, Only: []string{"weather"}},
		"no server":       {Endpoint: "http://127.0.0.1:1", Credentials: key},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Run(t.Context(), cfg); err == nil || timbre.KindOf(err) == timbre.Internal {
				t.Errorf("got error %v, want one that is not Internal", err)
			}
		})
	}
}

func steps(t *testing.T, name string) []step {
	t.Helper()
	text, err := Script(name)
	if err != nil {
		t.Fatal(err)
	}
	all, err := parse(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return all
}

// The SDK's structures have a field for every member that a script names, and its operations declare what must fail.
func TestScriptsMatchTheModels(t *testing.T) {
	for _, name := range Scripts() {
		for _, st := range steps(t, name) {
			service, op, _ := strings.Cut(st.Do, ".")
			model := map[string]*rest.Service{"voice": rest.Voice, "media": rest.Pipelines}[service].Operation(op)
			if model == nil {
				t.Errorf("%s: %s is not an operation", name, st.Do)
				continue
			}
			if st.Fails != "" && !model.Declares(st.Fails) {
				t.Errorf("%s: %s: %s does not declare %s", name, st.Says, op, st.Fails)
			}
			if st.Says == "" {
				t.Errorf("%s: %s has no name", name, st.Do)
			}
			if st.Fails != "" && len(st.Gives)+len(st.Until)+len(st.Keep) > 0 {
				t.Errorf("%s: %s expects both a failure and a result", name, st.Says)
			}
		}
	}
}

func TestFindAll(t *testing.T) {
	var v any
	if err := json.Unmarshal([]byte(`{"A":{"B":[{"C":1},{"C":"x"}]},"D":null}`), &v); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]any{
		"A.B.1.C": {"x"}, "A.B.*.C": {1.0, "x"}, "A.B.#": {2.0}, "A.X": {nil}, "D.#": {0.0}, "A.B.2.C": nil, "A.B.-1": nil,
	} {
		t.Run(path, func(t *testing.T) {
			if got := findAll(v, path); !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestExpect(t *testing.T) {
	s := &session{variables: map[string]any{"id": "abc"}}
	got := map[string]any{"Id": "abc", "At": "2026-01-02T03:04:05.678Z", "None": nil, "List": []any{map[string]any{"N": 1.0}}}
	for _, c := range []struct {
		path string
		want any
		ok   bool
	}{
		{"Id", "$id", true},
		{"Id", "${id}", true},
		{"Id", "x${id}", false},
		{"Id", map[string]any{"is": "text"}, true},
		{"At", map[string]any{"is": "time"}, true},
		{"Id", map[string]any{"is": "time"}, false},
		{"None", map[string]any{"is": "absent"}, true},
		{"Gone", map[string]any{"is": "absent"}, true},
		{"Id", map[string]any{"is": "absent"}, false},
		{"List.*.N", 1.0, true},
		{"List.*.N", 2.0, false},
		{"List.#", 1.0, true},
		{"Gone", "x", false},
		{"None", map[string]any{"is": "text"}, false},
	} {
		if err := s.expect(got, map[string]any{c.path: c.want}); (err == nil) != c.ok {
			t.Errorf("%s as %v: got error %v, want success %v", c.path, c.want, err, c.ok)
		}
	}
}

func TestEveryConstraintIsViolated(t *testing.T) {
	n := 0
	for _, service := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range service.Operations {
			n += len(violationsOf(op))
		}
	}
	if n < 1000 {
		t.Errorf("got %d violations, want at least 1000", n)
	}
	t.Logf("%d violations", n)
}

func TestJUnitHasASuiteForEachArea(t *testing.T) {
	r := Report{Endpoint: "http://there", Results: []Result{
		{Area: "wire", Check: "one", Outcome: Passed},
		{Area: "wire", Check: "two", Outcome: Failed, Reason: "<bad>"},
		{Area: "tags", Check: "three", Outcome: NotServed, Reason: "not yet"},
		{Area: "tags", Check: "four", Outcome: Skipped, Reason: "no call"},
	}}
	var out bytes.Buffer
	if err := r.JUnit(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`tests="4" failures="1" skipped="2"`, `<testsuite name="wire" tests="2" failures="1" skipped="0">`, `<failure message="&lt;bad&gt;">`, `<skipped message="not served: not yet">`, `<skipped message="no call">`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got %s, want %s in it", out.String(), want)
		}
	}
}
