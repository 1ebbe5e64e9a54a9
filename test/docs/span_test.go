package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"timbre/test/server"
)

var (
	span = regexp.MustCompile("`(?:bin/)?timbre ([a-z][^`]*)`")
	word = regexp.MustCompile(`^[a-z][a-z-]*$`)
	flag = regexp.MustCompile(`(?:^|\s)(--[a-z][a-z.-]*)`)
)

// Commands in the text of a page are those of the program, with flags that they have. Settings are flags of every command that reads them.
func TestCommandsInTheTextExist(t *testing.T) {
	m := manual{exe: binary(t), said: map[string]string{}}
	usage, settings := m.help(t), m.help(t, "serve")
	for name := range pages(t) {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range span.FindAllStringSubmatch(string(text), -1) {
			words := strings.Fields(found[1])
			if !regexp.MustCompile(`(?m)^\s+` + words[0] + `\b`).MatchString(usage) {
				t.Errorf("%s: there is no command %q", name, words[0])
				continue
			}
			said := m.help(t, words[0])
			if len(words) > 1 && word.MatchString(words[1]) && regexp.MustCompile(`(?m)^\s+`+words[0]+" "+words[1]+`\b`).MatchString(said) {
				said = m.help(t, words[:2]...)
			}
			for _, f := range flag.FindAllStringSubmatch(found[1], -1) {
				if has := regexp.MustCompile(regexp.QuoteMeta(f[1]) + `\b`); !has.MatchString(said) && !has.MatchString(settings) {
					t.Errorf("%s: `timbre %s` has no flag %s", name, found[1], f[1])
				}
			}
		}
	}
}

// manual is what the program says of its commands.
type manual struct {
	exe  string
	said map[string]string // by command
}

func (m manual) help(t *testing.T, words ...string) string {
	t.Helper()
	key := strings.Join(words, " ")
	if _, ok := m.said[key]; !ok {
		cmd := exec.CommandContext(t.Context(), m.exe, append(words, "--help")...)
		cmd.Env = server.Surroundings()
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("timbre %s --help: %v: %s", key, err, out)
		}
		m.said[key] = string(out)
	}
	return m.said[key]
}
