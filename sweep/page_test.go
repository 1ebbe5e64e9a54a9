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

var update = flag.Bool("update", false, "write the table of lives into the pages")

// The table of the pages for operators, and for whoever answers for the data, is made from the rules.
func TestLivesOfThePagesAreThoseOfTheRules(t *testing.T) {
	for _, page := range []string{"../docs/operations.md", "../docs/privacy.md"} {
		const begin, end = "<!-- lives -->\n", "<!-- /lives -->"
		is, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, _ := strings.Cut(string(is), begin)
		_, after, found := strings.Cut(rest, end)
		if !found {
			t.Fatalf("got no place for the table in %s", page)
		}
		want := []byte(before + begin + table() + end + after)
		if *update {
			if err := os.WriteFile(page, want, 0o644); err != nil {
				t.Fatal(err)
			}
		} else if !bytes.Equal(is, want) {
			t.Errorf("got another table in %s: run go test ./sweep -run Lives -update", page)
		}
	}
}

// table is that of all rules.
func table() string {
	var b strings.Builder
	b.WriteString("\n| what | life | since | what is erased |\n| --- | --- | --- | --- |\n")
	for _, l := range timbre.Lives {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", l.Of, span(l.For), l.Since, l.Goes)
	}
	b.WriteString("\n")
	return b.String()
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
