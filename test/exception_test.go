package test

import (
	_ "embed"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"timbre/conformance"
)

var update = flag.Bool("update", false, "write docs/exceptions.md")

//go:embed unprovoked.txt
var unprovoked string

// reason is a line of unprovoked.txt: why no client can cause an exception of an operation, or of all.
type reason struct{ operation, exception, why string }

func reasons(t *testing.T) (all []reason) {
	t.Helper()
	for line := range strings.Lines(unprovoked) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		where, why, ok := strings.Cut(line, ": ")
		operation, exception, both := strings.Cut(where, " ")
		if !ok || !both || why == "" {
			t.Fatalf("unprovoked.txt: got line %q, want \"operation exception: reason\"", line)
		}
		all = append(all, reason{operation, exception + "Exception", why})
	}
	return all
}

// all returns the steps of every script, by the script's name.
func all(t *testing.T) map[string][]step {
	t.Helper()
	scripts := map[string][]byte{"denied": script(denied()), "invalid": script(invalid()), "limits": limits}
	for _, name := range conformance.Scripts() {
		text, err := conformance.Script(name)
		must(t, err)
		scripts[name] = text
	}
	steps := map[string][]step{}
	for name, text := range scripts {
		var file struct{ Steps []step }
		must(t, json.Unmarshal(text, &file))
		steps[name] = file.Steps
	}
	return steps
}

func TestEveryOperationHasASuccessfulStep(t *testing.T) {
	succeeds, n := map[string]bool{}, 0
	for _, steps := range all(t) {
		for _, st := range steps {
			succeeds[st.Do] = succeeds[st.Do] || st.Fails == ""
		}
	}
	for name := range effective {
		if n++; !succeeds[name] {
			t.Errorf("got no successful step of %s", name)
		}
	}
	if n != 59 {
		t.Errorf("got %d operations with an effect, want 59", n)
	}
}

// provokedExceptions returns the steps that cause an exception, by operation and exception, with the names of their scripts.
func provokedExceptions(t *testing.T) map[[2]string][]string {
	t.Helper()
	found := map[[2]string][]string{}
	for name, steps := range all(t) {
		for _, st := range steps {
			if st.Fails != "" {
				at := [2]string{st.Do, st.Fails}
				found[at] = append(found[at], name+": "+st.Says)
			}
		}
	}
	return found
}

// A step causes each exception that the model of an operation declares, or unprovoked.txt gives a reason why no client can.
// docs/exceptions.md lists them. After a change:
//
//	go test ./test -run ExceptionsPage -update
func TestExceptionsPageIsCurrent(t *testing.T) {
	found, why, used := provokedExceptions(t), reasons(t), map[reason]bool{}
	var page strings.Builder
	page.WriteString(exceptionsHead)
	for _, r := range why {
		if r.operation == "*" {
			fmt.Fprintf(&page, "- %s: %s\n", r.exception, r.why)
		}
	}
	page.WriteString("\n| operation | exception | cause |\n| --- | --- | --- |\n")
	for name, op := range effective {
		for _, exception := range op.Errors {
			steps := found[[2]string{name, exception}]
			slices.Sort(steps)
			i := slices.IndexFunc(why, func(r reason) bool { return (r.operation == "*" || r.operation == name) && r.exception == exception })
			switch {
			case len(steps) == 0 && i < 0:
				t.Errorf("%s: no step causes %s, and unprovoked.txt gives no reason", name, exception)
			case len(steps) > 0 && i >= 0:
				t.Errorf("%s: %q causes %s, which unprovoked.txt says no client can", name, steps[0], exception)
			case i >= 0:
				used[why[i]] = true
				if why[i].operation != "*" {
					fmt.Fprintf(&page, "| %s | %s | no client: %s |\n", name, exception, why[i].why)
				}
			default:
				fmt.Fprintf(&page, "| %s | %s | %s |\n", name, exception, steps[0])
			}
		}
	}
	for _, r := range why {
		if !used[r] {
			t.Errorf("unprovoked.txt: %s %s is declared by no operation, or a step causes it", r.operation, r.exception)
		}
	}
	const path = "../docs/exceptions.md"
	if *update {
		must(t, os.WriteFile(path, []byte(page.String()), 0o600))
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != page.String() {
		t.Errorf("%s is out of date (%v). Run: go test ./test -run ExceptionsPage -update", path, err)
	}
}

const exceptionsHead = `# What causes each exception

Generated from the models and the test scripts by ` + "`go test ./test -run ExceptionsPage -update`" + `. Do not edit.

The page lists every exception that the model of an operation with an effect declares, with a script step that causes it. The steps
run with the SDK for Go, boto3 and the SDK for JavaScript. "denied" is a key without permissions, "invalid" a request that violates
one rule of the model, "limits" a server with quotas of one. The other scripts are those of ` + "`timbre conformance`" + `.

No client can cause these, whatever the operation:

`
