package monitoring

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// heading matches those of runbooks, which stand for alerts.
var heading = regexp.MustCompile(`(?m)^### (\w+)$`)

// Every alert leads to its runbook, in the order of the rules, and every runbook is of an alert and says all three things.
func TestEveryAlertHasARunbook(t *testing.T) {
	page := text(t, runbooks)
	var sections, names []string
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		sections = append(sections, m[1])
	}
	for _, a := range alerts(t) {
		names = append(names, a.Alert)
		if want := "docs/runbooks.md#" + strings.ToLower(a.Alert); a.Annotations["runbook_url"] != want {
			t.Errorf("%s: got runbook %q, want %q", a.Alert, a.Annotations["runbook_url"], want)
		}
		if s := a.Labels["severity"]; s != "critical" && s != "warning" {
			t.Errorf("%s: got severity %q, want critical or warning", a.Alert, s)
		}
	}
	if !slices.Equal(sections, names) {
		t.Errorf("got runbooks %v, want those of the alerts: %v", sections, names)
	}
	for section := range strings.SplitSeq(page, "\n### ") {
		title, body, _ := strings.Cut(section, "\n")
		if strings.HasPrefix(title, "#") {
			continue
		}
		for _, part := range []string{"**Means.** ", "**Look.** ", "**Do.** "} {
			if strings.Count(body, part) != 1 {
				t.Errorf("%s: want one %q", title, part)
			}
		}
	}
}

// anchor matches links within the page and to sections of others.
var anchor = regexp.MustCompile(`\]\(([\w./-]*)#([\w-]+)\)`)

// Every link of a runbook to a section leads to one.
func TestAnchorsOfRunbooksExist(t *testing.T) {
	for _, m := range anchor.FindAllStringSubmatch(text(t, runbooks), -1) {
		page := runbooks
		if m[1] != "" {
			page = "../../docs/" + m[1]
		}
		if !slices.Contains(anchors(text(t, page)), m[2]) {
			t.Errorf("%s has no section %q", page, m[2])
		}
	}
}

// anchors are those that a page's headings get.
func anchors(page string) (list []string) {
	drop := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	for line := range strings.Lines(page) {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			list = append(list, strings.ReplaceAll(drop.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), ""), " ", "-"))
		}
	}
	return list
}
