package docs

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"timbre/test/needs"
	"timbre/test/server"
)

// part is the beginning of a page: so many of the blocks that are run.
type part struct {
	page   string
	blocks int
}

// given is what the reader of a page has done before.
var given = map[string]part{
	"docs/check.md":            {"docs/sbc/README.md", 1},
	"docs/from/azure.md":       {"docs/tutorial.md", 2},
	"docs/from/chime.md":       {"docs/tutorial.md", 1},
	"docs/from/voice-id.md":    {"docs/tutorial.md", 2},
	"docs/operations.md":       {"docs/tutorial.md", 1},
	"docs/platform/README.md":  {"docs/sbc/README.md", 1},
	"docs/platform/exotel.md":  {"docs/sbc/README.md", 1},
	"docs/platform/genesys.md": {"docs/sbc/README.md", 1},
	"docs/platform/jambonz.md": {"docs/sbc/README.md", 1},
	"docs/sbc/README.md":       {"docs/tutorial.md", 1},
	"docs/sbc/asterisk.md":     {"docs/sbc/README.md", 1},
	"docs/sbc/kamailio.md":     {"docs/sbc/README.md", 1},
	"docs/siprec.md":           {"docs/sbc/README.md", 1},
	"docs/versioning.md":       {"docs/tutorial.md", 1},
}

// holds is what must be true after the last block of a page.
var holds = map[string]string{
	"docs/tutorial.md":   `assert match["VoiceProfileId"] == profile, match`,
	"docs/from/azure.md": `assert found[0]["profileId"] == profile, report`,
	"docs/from/voice-id.md": `task = enrol("again", "cmd/timbre/demo/calls/s1_second_caller.wav")
assert [r["VoiceProfileId"] for r in task["SpeakerSearchDetails"]["Results"]] == [profiles["anna"]], task`,
}

// runnable are the blocks of a page that are run.
func runnable(all []block) []block {
	return slices.DeleteFunc(slices.Clone(all), func(b block) bool { return !slices.Contains(run, b.Language) })
}

// past are the blocks before those of a page, of all pages that it goes on from.
func past(all map[string][]block, page string) []block {
	p, ok := given[page]
	if !ok {
		return nil
	}
	return append(past(all, p.page), runnable(all[p.page])[:p.blocks]...)
}

// The commands and the Python of every page run in order as they are printed, in a network of their own, so that the ports of the pages are
// free.
func TestCommandsOfPages(t *testing.T) {
	python, err := filepath.Abs(filepath.Join(root, ".venv", "bin", "python3"))
	if err != nil {
		t.Fatal(err)
	}
	needs.Program(t, python, "boto3 and the AWS CLI in .venv (make test installs them)")
	needs.Program(t, "ip", "ip (Debian's package iproute2)")
	needs.Root(t) // a network for each page
	driver, err := filepath.Abs("page.py")
	if err != nil {
		t.Fatal(err)
	}
	exe, ran, all := binary(t), 0, pages(t)
	for name := range all {
		todo := runnable(all[name])
		if len(todo) == 0 {
			continue
		}
		ran++
		todo = append(past(all, name), todo...)
		if check := holds[name]; check != "" {
			todo = append(todo, block{Language: "python", Text: check})
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, err := json.Marshal(todo)
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), "sh", "-c", `ip link set lo up && exec "$0" "$1"`, python, driver)
			cmd.Dir = folder(t, exe)
			cmd.Stdin = bytes.NewReader(list)
			cmd.Env = append(server.Surroundings(), "PATH="+filepath.Join(cmd.Dir, "bin")+":"+filepath.Dir(python)+":"+os.Getenv("PATH"))
			cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	if ran < 5 {
		t.Errorf("got %d pages with commands, want more", ran)
	}
}

// folder is a working directory in which the program and the files of the repository lie as the pages say.
func folder(t *testing.T, exe string) string {
	t.Helper()
	at := t.TempDir()
	from, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(from)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if name := e.Name(); name != "bin" && name != "timbre-data" && !strings.HasPrefix(name, ".") {
			link(t, filepath.Join(from, name), filepath.Join(at, name))
		}
	}
	if err := os.Mkdir(filepath.Join(at, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	link(t, exe, filepath.Join(at, "bin", "timbre"))
	return at
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}
