package monitoring

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write monitoring/dashboard.json")

// TestDashboardIsCurrent compares monitoring/dashboard.json with the sections. After a change:
//
//	go test ./test/monitoring -run Dashboard -update
func TestDashboardIsCurrent(t *testing.T) {
	const path = folder + "/dashboard.json"
	want, err := json.MarshalIndent(dashboard(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, append(want, '\n'), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := text(t, path); got != string(want)+"\n" {
		t.Errorf("%s is out of date. Run: go test ./test/monitoring -run Dashboard -update", path)
	}
}

func TestEveryMetricIsOnTheDashboard(t *testing.T) {
	shown := map[string]bool{}
	all := metrics(t)
	for _, s := range sections {
		for _, p := range s.panels {
			for _, x := range p.series {
				for _, n := range name.FindAllString(x.expr, -1) {
					shown[n] = true
				}
			}
		}
	}
	for m := range all {
		if strings.HasPrefix(m, "timbre_") && !shown[m] && !shown[m+"_bucket"] && !shown[m+"_count"] {
			t.Errorf("no panel shows %s", m)
		}
	}
}

// object is one of JSON.
type object map[string]any

// prometheus is the data source that the operator chooses at the top of the dashboard.
var prometheus = object{"type": "prometheus", "uid": "${datasource}"}

// dashboard is that of Grafana, in the form of its schema 36, which Grafana 9 and later read.
func dashboard() object {
	var panels []object
	y := 0
	for _, s := range sections {
		panels = append(panels, object{"id": len(panels) + 1, "type": "row", "title": s.question, "collapsed": false, "gridPos": grid(0, y, 24, 1)})
		y++
		for i, p := range s.panels {
			panels = append(panels, graph(p, len(panels)+1, grid(i%columns*width, y+i/columns*height, width, height)))
		}
		y += (len(s.panels) + columns - 1) / columns * height
	}
	return object{
		"title": "Timbre", "uid": "timbre", "tags": []string{"timbre"}, "schemaVersion": 36, "editable": true, "refresh": "30s",
		"time": object{"from": "now-3h", "to": "now"}, "timezone": "browser", "graphTooltip": 1,
		"templating": object{"list": []object{
			{"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"},
			{
				"name": "instance", "label": "Server", "type": "query", "datasource": prometheus, "query": "label_values(timbre_build_info, instance)",
				"refresh": 2, "multi": true, "includeAll": true, "allValue": ".+", "current": object{"text": "All", "value": "$__all"},
			},
		}},
		"panels": panels,
	}
}

// A row has three graphs of 8 of the 24 units of the grid.
const columns, width, height = 3, 8, 7

func grid(x, y, w, h int) object { return object{"x": x, "y": y, "w": w, "h": h} }

// graph draws series over time.
func graph(p panel, id int, at object) object {
	var targets []object
	for i, s := range p.series {
		targets = append(targets, object{"refId": string(rune('A' + i)), "datasource": prometheus, "expr": queried(s.expr), "legendFormat": s.legend})
	}
	return object{
		"id": id, "type": "timeseries", "title": p.title, "description": p.about, "datasource": prometheus, "gridPos": at, "targets": targets,
		"fieldConfig": object{"defaults": object{"unit": p.unit, "custom": object{"fillOpacity": 10, "showPoints": "never"}}, "overrides": []any{}},
		"options":     object{"legend": object{"displayMode": "list", "placement": "bottom", "showLegend": true, "calcs": []any{}}, "tooltip": object{"mode": "multi", "sort": "desc"}},
	}
}

// queried is an expression as Grafana gets it.
func queried(expr string) string {
	return strings.NewReplacer("{$", `{instance=~"$instance"`, "[$]", "[$__rate_interval]").Replace(expr)
}

// plain is an expression as Prometheus gets it.
func plain(expr string) string {
	return strings.NewReplacer("$instance", ".+", "$__rate_interval", "5m").Replace(queried(expr))
}

// each visits the series of all panels.
func each(visit func(where string, s series)) {
	for _, s := range sections {
		for _, p := range s.panels {
			for _, x := range p.series {
				visit(s.question+" "+p.title, x)
			}
		}
	}
}

// braced matches the labels that a legend shows.
var braced = strings.NewReplacer("{{", "by (", "}}", ")")

func TestDashboardNamesWhatExists(t *testing.T) {
	all := metrics(t)
	each(func(where string, s series) {
		wantKnown(t, all, where, plain(s.expr))
		for _, l := range grouping.FindAllStringSubmatch(braced.Replace(s.legend), -1) {
			grouped := strings.Contains(s.expr, l[1]) || !strings.Contains(s.expr, " by (") // without groups all labels stay
			if !grouped && l[1] != "instance" {
				t.Errorf("%s: the legend shows %s, by which the expression does not group", where, l[1])
			}
		}
	})
}

// Prometheus parses every expression, as if each were a recording rule.
func TestDashboardIsOfPrometheus(t *testing.T) {
	var b strings.Builder
	b.WriteString("groups:\n  - name: dashboard\n    rules:\n")
	n := 0
	each(func(_ string, s series) {
		n++
		fmt.Fprintf(&b, "      - record: panel:number:%d\n        expr: %q\n", n, plain(s.expr))
	})
	file := filepath.Join(t.TempDir(), "dashboard.yml")
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	promtool(t, "check", "rules", file)
}
