package sweep_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"timbre"
)

var update = flag.Bool("update", false, "write the table of lives into docs/operations.md")

// The table of the page for operators is made from the rules.
func TestLivesOfThePageAreThoseOfTheRules(t *testing.T) {
	const page, begin, end = "../docs/operations.md", "<!-- lives -->\n", "<!-- /lives -->"
	is, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(is), begin)
	_, after, found := strings.Cut(rest, end)
	if !found {
		t.Fatalf("got no place for the table in %s", page)
	}
	var want bytes.Buffer
	fmt.Fprintf(&want, "%s%s\n| what | life | since | what is erased |\n| --- | --- | --- | --- |\n", before, begin)
	for _, l := range timbre.Lives {
		fmt.Fprintf(&want, "| %s | %s | %s | %s |\n", l.Of, span(l.For), l.Since, l.Goes)
	}
	fmt.Fprintf(&want, "\n%s%s", end, after)
	if *update {
		if err := os.WriteFile(page, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(is, want.Bytes()) {
		t.Errorf("got another table in %s: run go test ./sweep -run Lives -update", page)
	}
}

// span is a life in words.
func span(d time.Duration) string {
	switch years := d / (365 * day); {
	case d == 0:
		return "`records` days"
	case years > 0:
		return fmt.Sprintf("%d years", years)
	case d > day:
		return fmt.Sprintf("%d days", d/day)
	}
	return fmt.Sprintf("%d hours", d/time.Hour)
}
