package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"timbre/config"
)

// setting is a line of the template with a key and a value.
var setting = regexp.MustCompile(`(?m)^#([a-z][a-z_.0-9]*): (.+)$`)

func TestTemplateHasEverySettingCommentedOut(t *testing.T) {
	text := config.Template("")
	found := map[string]bool{}
	for _, m := range setting.FindAllStringSubmatch(text, -1) {
		found[m[1]] = true
	}
	for _, key := range config.Keys() {
		if !found[key] {
			t.Errorf("got no line of %s", key)
		}
	}
	for _, line := range strings.Split(text, "\n") {
		if line != "" && !strings.HasPrefix(line, "#") {
			t.Errorf("got %q, want it commented out", line)
		}
	}
}

// A template whose defaults are all set means what no file at all means.
func TestDefaultsOfTheTemplateAreThose(t *testing.T) {
	clean(t)
	defaults := config.Defaults()
	want := map[string]string{}
	for _, s := range defaults.Effective() {
		want[s.Key] = s.Value
	}
	text := setting.ReplaceAllStringFunc(config.Template(""), func(line string) string {
		key, _, _ := strings.Cut(line[1:], ":")
		if want[key] == "" || want[key] == "0" || want[key] == "false" {
			return line
		}
		return line[1:]
	})
	path := filepath.Join(t.TempDir(), "timbre.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got, _, err := run("serve", "--config", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got.Serve.Effective() {
		if s.Value != want[s.Key] {
			t.Errorf("%s: got %q, want the default %q", s.Key, s.Value, want[s.Key])
		}
	}
}
