package api_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"timbre/api"
	"timbre/api/rest"
)

var update = flag.Bool("update", false, "update docs/coverage.md")

// TestCoveragePageMatchesTheRoutes compares docs/coverage.md with the routing table. After a change:
//
//	go test ./api -run CoveragePage -update
func TestCoveragePageMatchesTheRoutes(t *testing.T) {
	const path = "../docs/coverage.md"
	want := page(api.Coverage())
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is not up to date (error %v). Run: go test ./api -run CoveragePage -update", path, err)
	}
}

// page renders the table of operations as Markdown.
func page(list []rest.Covered) string {
	var b strings.Builder
	b.WriteString(`# What each operation does

Generated from the routing table by ` + "`go test ./api -run CoveragePage -update`" + `. Do not edit.

- **effect**: the operation does what it says.
- **stored**: the request is validated, stored and returned; it does not affect calls.
- **refused**: always the same typed error, whose message is the reason in the table.
- **not served**: a BadRequestException that says so.

| service | effect | stored | refused | not served | all |
| --- | --- | --- | --- | --- | --- |
`)
	services := []*rest.Service{rest.Voice, rest.Pipelines}
	for _, s := range services {
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", s.Name, count(list, s, rest.Effect), count(list, s, rest.Stored),
			count(list, s, rest.Refused), count(list, s, rest.NotServed), len(s.Operations))
	}
	for _, s := range services {
		fmt.Fprintf(&b, "\n## %s\n\n| operation | method and path | state | reason |\n| --- | --- | --- | --- |\n", s.Name)
		for _, c := range list {
			if c.Service == s {
				path := c.Operation.Path
				if q := c.Operation.Query; q.Key != "" {
					path += "?" + q.Key + "=" + q.Value
				}
				fmt.Fprintf(&b, "| %s | `%s %s` | %s | %s |\n", c.Operation.Name, c.Operation.Method, path, c.State, c.Why)
			}
		}
	}
	return b.String()
}

func count(list []rest.Covered, s *rest.Service, state rest.State) (n int) {
	for _, c := range list {
		if c.Service == s && c.State == state {
			n++
		}
	}
	return n
}
