package test

import (
	_ "embed"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"

	"timbre/api"
	"timbre/api/rest"
	"timbre/api/rest/sample"
	"timbre/conformance"
)

// The scripts of the conformance suite cause most exceptions. The others need a server with quotas, or a key without
// permissions.

//go:embed limits.json
var limits []byte

// step holds the fields of a script step that these tests write and read.
type step struct {
	Says  string         `json:"says"`
	Do    string         `json:"do"`
	With  map[string]any `json:"with"`
	Fails string         `json:"fails,omitempty"`
}

func script(steps []step) []byte {
	text, err := json.Marshal(map[string][]step{"steps": steps})
	if err != nil {
		panic(err) // the steps came from JSON
	}
	return text
}

// effective are the operations that have an effect on calls, as scripts name them.
func effective(yield func(string, *rest.Operation) bool) {
	for _, c := range api.Coverage() {
		if c.State == rest.Effect && !yield(scriptName(c), c.Operation) {
			return
		}
	}
}

// denied calls every operation that declares AccessDeniedException, with a key without permissions.
func denied() (steps []step) {
	x := rand.New(rand.NewPCG(1, 1))
	for name, op := range effective {
		if op.Declares("AccessDeniedException") {
			r := sample.Fitting(x, op, 0)
			steps = append(steps, step{"denied to a key without permissions", name, named(op, r), "AccessDeniedException"})
		}
	}
	return steps
}

// invalid calls every operation with one rule of the model violated that no SDK checks by itself.
func invalid() (steps []step) {
	x := rand.New(rand.NewPCG(1, 2))
	for name, op := range effective {
		for _, rules := range [][]string{{"too long", "too large", "not in the enum"}, {"pattern violated"}} {
			if st, ok := broken(x, name, op, rules); ok {
				steps = append(steps, st)
				break
			}
		}
	}
	return steps
}

// broken is a minimal request in which one member violates one of the rules.
func broken(x *rand.Rand, name string, op *rest.Operation, rules []string) (st step, ok bool) {
	whole, with := sample.Fitting(x, op, 1), named(op, sample.Fitting(x, op, 0))
	whole.Broken(x, op, func(b sample.Broken) bool {
		i := slices.IndexFunc(op.Input.Members, func(m rest.Member) bool { return strings.EqualFold(m.Name, b.At) })
		if i < 0 || !slices.Contains(rules, b.Rule) { // nested, or another rule
			return true
		}
		member := op.Input.Members[i].Name
		with[member] = named(op, b.Request)[member]
		st, ok = step{member + " " + b.Rule, name, with, "BadRequestException"}, true
		return false
	})
	return st, ok
}

// named is a request in the names of the model, as SDKs take it.
func named(op *rest.Operation, r sample.Request) map[string]any {
	with := map[string]any{}
	for _, m := range op.Input.Members {
		text := r.Labels[m.Wire] + r.Query.Get(m.Wire)
		switch {
		case m.Place == rest.Body && r.Body[m.Wire] != nil:
			with[m.Name] = r.Body[m.Wire]
		case text == "":
		case m.Shape.Kind == rest.Integer:
			with[m.Name], _ = strconv.Atoi(text) // the sample is a number
		case m.Shape.Kind == rest.Boolean:
			with[m.Name] = text == "true"
		default:
			with[m.Name] = text
		}
	}
	return with
}

// Each SDK returns the exceptions that need a server of their own as their types.
func TestDeclaredExceptionsAreTyped(t *testing.T) {
	folder := t.TempDir()
	must(t, os.WriteFile(filepath.Join(folder, "credentials"), []byte("[nobody]\naws_access_key_id = AKIDNOBODY\naws_secret_access_key = "+secret+"\ntimbre_actions = chime:Nothing\n"), 0o600))
	s := settings(t, folder, newReceiver(t))
	s.Limits = map[string]int{"connectors": 1, "domains": 1, "configurations": 1}
	n := start(t, s)
	for _, c := range []struct {
		name, key string
		script    []byte
	}{{"invalid", keyID, script(invalid())}, {"denied", "AKIDNOBODY", script(denied())}, {"limits", keyID, limits}} {
		t.Run(c.name+" go", func(t *testing.T) {
			report, err := conformance.Play(t.Context(), conformance.Config{Endpoint: "http://" + n.API, Credentials: credentials.NewStaticCredentialsProvider(c.key, secret, "")}, c.name, c.script)
			must(t, err)
			checkResults(t, slices.DeleteFunc(report.Results, func(r conformance.Result) bool { // the Go SDK has no type for this one, although the model declares it
				return r.Operation == "voice.PutVoiceConnectorOrigination" && strings.Contains(r.Reason, "api error AccessDeniedException")
			}))
		})
		for name, sdk := range map[string]func(*testing.T) sdkRunner{"boto3": boto3, "javascript": javaScript} {
			t.Run(c.name+" "+name, func(t *testing.T) {
				state := newScriptState()
				sdk(t).play(t.Context(), t, n.API, c.key, c.script, "", &state)
			})
		}
	}
}
