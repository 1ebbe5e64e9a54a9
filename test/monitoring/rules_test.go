// Package monitoring tests what stands in the folder monitoring: the rules by promtool, and all names by the reference of metrics.
package monitoring

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"timbre/test/needs"
)

// Where what is tested stands.
const (
	folder   = "../../monitoring"
	rules    = folder + "/alerts.yml"
	cases    = folder + "/alerts_test.yml"
	runbooks = "../../docs/runbooks.md"
)

// alert is a rule of alerts.yml.
type alert struct {
	Alert, Expr, For    string
	Labels, Annotations map[string]string
}

func alerts(t *testing.T) (list []alert) {
	t.Helper()
	var file struct{ Groups []struct{ Rules []alert } }
	read(t, rules, &file)
	for _, g := range file.Groups {
		list = append(list, g.Rules...)
	}
	if len(list) < 20 {
		t.Fatalf("got %d alerts, want those of all stages", len(list))
	}
	return list
}

func read(t *testing.T, path string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(text(t, path)), into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// promtool runs it in the folder monitoring.
func promtool(t *testing.T, args ...string) {
	t.Helper()
	needs.Program(t, "promtool", "promtool (Debian's package prometheus)")
	c := exec.CommandContext(t.Context(), "promtool", args...)
	c.Dir = folder
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestConfigurationIsOfPrometheus(t *testing.T) { promtool(t, "check", "config", "prometheus.yml") }

func TestRulesAreOfPrometheus(t *testing.T) { promtool(t, "check", "rules", filepath.Base(rules)) }

func TestAlertsFireAndAreSilentWhenTheyShould(t *testing.T) {
	promtool(t, "test", "rules", filepath.Base(cases))
}

// Every alert has a test in which it fires, and one in which it does not.
func TestEveryAlertIsTested(t *testing.T) {
	var file struct {
		Tests []struct {
			Checks []struct {
				Name string `yaml:"alertname"`
				Want []any  `yaml:"exp_alerts"`
			} `yaml:"alert_rule_test"`
		}
	}
	read(t, cases, &file)
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, c := range file.Tests {
		for _, check := range c.Checks {
			if len(check.Want) > 0 {
				fires[check.Name] = true
			} else {
				silent[check.Name] = true
			}
		}
	}
	for _, a := range alerts(t) {
		if !fires[a.Alert] || !silent[a.Alert] {
			t.Errorf("%s: got a test in which it fires: %t, in which it is silent: %t, want both", a.Alert, fires[a.Alert], silent[a.Alert])
		}
	}
}
