package node

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

var update = flag.Bool("update", false, "write docs/metrics.md")

// TestMetricsPageIsCurrent compares docs/metrics.md with the metrics of a node. After a change:
//
//	go test ./node -run MetricsPage -update
func TestMetricsPageIsCurrent(t *testing.T) {
	const path = "../docs/metrics.md"
	want := metricsPage(entriesOf(t, everything(t)), processEntries(t))
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s is out of date (%v). Run: go test ./node -run MetricsPage -update", path, err)
	}
}

// processEntries are the metrics of the process that alerts and the dashboard use; those of the Go runtime change with it.
func processEntries(t *testing.T) []entry {
	return slices.DeleteFunc(entriesOf(t, processMetrics()), func(e entry) bool { return !strings.HasPrefix(e.name, "process_") })
}

// TestMetricsFollowTheConventions has the linter of Prometheus look at names, units, types and help.
func TestMetricsFollowTheConventions(t *testing.T) {
	problems, err := testutil.GatherAndLint(everything(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestMetricsHaveUnits wants a unit in the name of whatever is not a count.
func TestMetricsHaveUnits(t *testing.T) {
	for _, e := range entriesOf(t, everything(t)) {
		help := strings.ToLower(e.help)
		switch {
		case !strings.HasPrefix(e.name, "timbre_"):
			t.Errorf("%s: want the prefix timbre_", e.name)
		case !strings.HasSuffix(e.help, "."):
			t.Errorf("%s: want a sentence as help, got %q", e.name, e.help)
		case e.kind == "histogram" && unitOf(e) == count:
			t.Errorf("%s: a histogram without a unit in its name", e.name)
		case unitOf(e) == count && (strings.Contains(help, " in seconds") || strings.Contains(help, " in bytes")):
			t.Errorf("%s: want the unit in the name, got it in the help alone", e.name)
		}
	}
}

// count is the unit of metrics that count things.
const count = "count"

// units are by the ends of names, without _total.
var units = []struct{ end, unit string }{
	{"_seconds", "seconds"},
	{"_bytes", "bytes"},
	{"_ratio", "0 to 1"},
	{"_mos", "MOS, 1 to 5"},
	{"_info", "1"},
	{"_version", "version"},
}

func unitOf(e entry) string {
	for _, u := range units {
		if strings.HasSuffix(strings.TrimSuffix(e.name, "_total"), u.end) {
			return u.unit
		}
	}
	return count
}

const metricsHead = `# Metrics

Generated from the code by ` + "`go test ./node -run MetricsPage -update`" + `. Do not edit.

` + "`/metrics` of `admin.listen`" + ` has these, and those of the Go runtime (` + "`go_…`" + `). A [dashboard and alert rules](../monitoring/README.md)
watch them, and [runbooks](runbooks.md) say what to do when an alert fires.

A counter (` + "`…_total`" + `) starts at 0 with the process: look at its rate. A histogram has the series ` + "`…_bucket`, `…_sum` and `…_count`" + `.
A series appears with its first event where its labels are not known before. No label has an identifier of a call, a task, a person or
a source: [what bounds each](#labels) stands below.

## Timbre

`

const metricsTable = "| metric | type | unit | labels | meaning |\n| --- | --- | --- | --- | --- |\n"

func metricsPage(own, process []entry) string {
	var b strings.Builder
	b.WriteString(metricsHead)
	writeEntries(&b, own)
	b.WriteString("\n## Process\n\n")
	writeEntries(&b, process)
	b.WriteString("\n## Labels\n\n| label | values | at most |\n| --- | --- | --- |\n")
	for _, l := range labels {
		fmt.Fprintf(&b, "| `%s` | %s | %d |\n", l.name, l.values, l.most)
	}
	return b.String()
}

func writeEntries(b *strings.Builder, list []entry) {
	b.WriteString(metricsTable)
	for _, e := range list {
		names := ""
		if len(e.labels) > 0 {
			names = "`" + strings.Join(e.labels, "`, `") + "`"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s | %s |\n", e.name, e.kind, unitOf(e), names, strings.ReplaceAll(e.help, "|", "\\|"))
	}
}
