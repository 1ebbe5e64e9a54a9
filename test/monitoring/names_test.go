package monitoring

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// metric is a line of docs/metrics.md.
type metric struct {
	kind   string
	labels []string
}

var (
	row      = regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (counter|gauge|histogram|summary) \\| [^|]+ \\| ([^|]*) \\|")
	name     = regexp.MustCompile(`\b(timbre|process)_[a-z0-9_]+\b`)
	selector = regexp.MustCompile(`\b((?:timbre|process)_[a-z0-9_]+)\{([^}]*)\}`)
	matcher  = regexp.MustCompile(`(\w+)\s*(?:=~|!~|!=|=)`)
	grouping = regexp.MustCompile(`\b(?:by|on|ignoring|without|group_left|group_right) \(([^)]*)\)`)
)

// metrics is the reference.
func metrics(t *testing.T) map[string]metric {
	t.Helper()
	all := map[string]metric{}
	for _, m := range row.FindAllStringSubmatch(text(t, "../../docs/metrics.md"), -1) {
		all[m[1]] = metric{m[2], strings.FieldsFunc(m[3], func(r rune) bool { return strings.ContainsRune("`, ", r) })}
	}
	if len(all) < 60 {
		t.Fatalf("got %d metrics, want those of docs/metrics.md", len(all))
	}
	return all
}

// scraped are the labels that Prometheus adds, and that of the buckets of a histogram.
var scraped = []string{"job", "instance", "le"}

// find returns the metric of a series; a histogram has series of its own names alone.
func find(all map[string]metric, series string) (metric, bool) {
	for _, end := range []string{"_bucket", "_sum", "_count"} {
		if m, is := all[strings.TrimSuffix(series, end)]; is && strings.HasSuffix(series, end) && m.kind == "histogram" {
			return m, true
		}
	}
	m, is := all[series]
	return m, is && m.kind != "histogram"
}

// wantKnown checks that an expression has only series and labels that the server has, and takes rates of counters alone.
func wantKnown(t *testing.T, all map[string]metric, where, expr string) {
	t.Helper()
	var labels []string
	for _, n := range name.FindAllString(expr, -1) {
		m, is := find(all, n)
		if !is {
			t.Errorf("%s: docs/metrics.md has no series %s", where, n)
		}
		labels = append(labels, m.labels...)
	}
	for _, s := range selector.FindAllStringSubmatch(expr, -1) {
		m, _ := find(all, s[1])
		for _, l := range matcher.FindAllStringSubmatch(s[2], -1) {
			if !slices.Contains(m.labels, l[1]) && !slices.Contains(scraped, l[1]) {
				t.Errorf("%s: %s has no label %s", where, s[1], l[1])
			}
		}
	}
	for _, g := range grouping.FindAllStringSubmatch(expr, -1) {
		for l := range strings.SplitSeq(g[1], ",") {
			if l = strings.TrimSpace(l); l != "" && !slices.Contains(labels, l) && !slices.Contains(scraped, l) {
				t.Errorf("%s: no metric of the expression has the label %s", where, l)
			}
		}
	}
	for _, m := range regexp.MustCompile(`\b(rate|increase|irate)\((\w+)`).FindAllStringSubmatch(expr, -1) {
		if k, _ := find(all, m[2]); k.kind == "gauge" {
			t.Errorf("%s: %s of the gauge %s", where, m[1], m[2])
		}
	}
}

func TestAlertsNameWhatExists(t *testing.T) {
	all := metrics(t)
	for _, a := range alerts(t) {
		wantKnown(t, all, a.Alert, a.Expr)
	}
	var file struct {
		Tests []struct {
			Name   string
			Series []struct{ Series string } `yaml:"input_series"`
		}
	}
	read(t, cases, &file)
	for _, c := range file.Tests {
		for _, s := range c.Series {
			wantKnown(t, all, c.Name, s.Series)
		}
	}
}

// No page of docs names a metric that does not exist. Decisions are as they were when they were made.
func TestPagesNameMetricsThatExist(t *testing.T) {
	all := metrics(t)
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) < 20 {
		t.Fatalf("got %d pages, want those of docs (%v)", len(pages), err)
	}
	keys := []string{"timbre_actions", "timbre_expires", "timbre_sources"} // of the credentials file
	quoted := regexp.MustCompile("`(timbre_[a-z0-9_]+)[`{]")
	for _, page := range pages {
		for _, m := range quoted.FindAllStringSubmatch(text(t, page), -1) {
			_, whole := all[m[1]]
			if _, series := find(all, m[1]); !whole && !series && !slices.Contains(keys, m[1]) {
				t.Errorf("%s names %s, which does not exist", page, m[1])
			}
		}
	}
}
