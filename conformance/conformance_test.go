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
	r, err := Run(t.Context(), Config{Endpoint: server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", ""), Only: only, Patience: 1e9})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAServerThatSaysYesToEverythingFails(t *testing.T) {
	harmless := []string{"a presigned request is taken", "a refusal tells nothing of what would have been right"}
	yes := against(t, http.StatusOK, nil, `{}`, "wire", "signature", "validation", "configurations", "pagination", "idempotency", "tasks", "events")
	for _, r := range yes.Results {
		if r.Outcome == NotServed || r.Outcome == Passed && r.Operation == "" && !slices.Contains(harmless, r.Check) {
			t.Errorf("%s: %s: %s", r.Area, r.Check, r.Outcome)
		}
	}
	if passed := yes.Count(Passed); yes.Count(Failed) < 120 || passed > 10 {
		t.Errorf("%d failed, %d passed", yes.Count(Failed), passed)
	}
}

func TestWhatIsNotServedIsNotPassed(t *testing.T) {
	refused := against(t, http.StatusBadRequest, map[string]string{"X-Amzn-Errortype": "BadRequestException"},
		`{"Code":"BadRequest","Message":"This version of Timbre does not support the operation Any."}`, "validation", "domains", "connectors", "streaming", "configurations", "tags", "pagination", "idempotency")
	for _, r := range refused.Results {
		if r.Outcome != NotServed && r.Outcome != Skipped && r.Check != "a token of one list is refused by another" {
			t.Errorf("%s: %s: %s: %s", r.Area, r.Check, r.Outcome, r.Reason)
		}
		if r.Outcome == Skipped && r.WaitsFor == "" {
			t.Errorf("%s: %s: skipped, and nothing says for what", r.Area, r.Check)
		}
	}
	if refused.Count(NotServed) < 100 {
		t.Errorf("%d are not served", refused.Count(NotServed))
	}
}

func TestWhatIsRefusedForGoodIsNotServed(t *testing.T) {
	for _, r := range against(t, http.StatusGone, map[string]string{"X-Amzn-Errortype": "GoneException"}, `{"Code":"Gone","Message":"Timbre does not support Alexa skills: AWS removed them."}`, "validation").Results {
		if r.Outcome != NotServed || r.Reason != "Timbre does not support Alexa skills: AWS removed them." {
			t.Errorf("%s: %s: %s", r.Check, r.Outcome, r.Reason)
		}
	}
}

func TestTheWrongExceptionFails(t *testing.T) {
	for _, r := range against(t, http.StatusNotFound, map[string]string{"X-Amzn-Errortype": "NotFoundException"}, `{"Code":"NotFound","Message":"no"}`, "validation").Results {
		if r.Outcome != Failed {
			t.Errorf("%s: %s", r.Check, r.Outcome)
		}
	}
}

func TestWhatCannotBeRunIsRefused(t *testing.T) {
	key := credentials.NewStaticCredentialsProvider("AKIDTEST", "secret", "")
	for name, cfg := range map[string]Config{
		"no endpoint":     {Credentials: key},
		"no credentials":  {Endpoint: "http://127.0.0.1:1"},
		"no URL":          {Endpoint: "http://%", Credentials: key},
		"an unknown area": {Endpoint: "http://127.0.0.1:1", Credentials: key, Only: []string{"weather"}},
		"nobody there":    {Endpoint: "http://127.0.0.1:1", Credentials: key},
	} {
		if _, err := Run(t.Context(), cfg); err == nil || timbre.KindOf(err) == timbre.Internal {
			t.Errorf("%s: %v", name, err)
		}
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
func TestScriptsSpeakTheModels(t *testing.T) {
	for _, name := range Scripts() {
		for _, st := range steps(t, name) {
			service, op, _ := strings.Cut(st.Do, ".")
			model := map[string]*rest.Service{"voice": rest.Voice, "media": rest.Pipelines}[service].Operation(op)
			if model == nil {
				t.Errorf("%s: %s is no operation", name, st.Do)
				continue
			}
			if st.Fails != "" && !model.Declares(st.Fails) {
				t.Errorf("%s: %s: %s does not declare %s", name, st.Says, op, st.Fails)
			}
			if st.Says == "" || (st.Fails != "" && (len(st.Gives)+len(st.Until)+len(st.Keep) > 0)) {
				t.Errorf("%s: %s: says nothing, or wants a failure and its result", name, st.Do)
			}
		}
	}
}

func TestPathsFindWhatIsThere(t *testing.T) {
	var v any
	if err := json.Unmarshal([]byte(`{"A":{"B":[{"C":1},{"C":"x"}]},"D":null}`), &v); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]any{
		"A.B.1.C": {"x"}, "A.B.*.C": {1.0, "x"}, "A.B.#": {2.0}, "A.X": {nil}, "D.#": {0.0}, "A.B.2.C": nil, "A.B.-1": nil,
	} {
		if got := findAll(v, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

func TestExpectationsHoldOrSayWhatIsThere(t *testing.T) {
	s := &session{known: map[string]any{"id": "abc"}}
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
			t.Errorf("%s as %v: %v", c.path, c.want, err)
		}
	}
}

func TestEveryRuleOfTheModelsIsBroken(t *testing.T) {
	n := 0
	for _, service := range []*rest.Service{rest.Voice, rest.Pipelines} {
		for _, op := range service.Operations {
			n += len(bend(op))
		}
	}
	if n < 1000 {
		t.Errorf("%d breaches in all", n)
	}
	t.Logf("%d breaches", n)
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
			t.Errorf("no %s in %s", want, out.String())
		}
	}
}
