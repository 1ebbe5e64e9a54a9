package test

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"timbre/test/server"
)

// Keys, voices and audio are in the memory of a server.
func TestServerWritesNoCoreFiles(t *testing.T) {
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -S -c "$(ulimit -H -c)"; exec "$0" serve`, exe)
	cmd.Env = serverEnv(t.TempDir())
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", server.Launch(t, cmd).Cmd.Process.Pid))
	must(t, err)
	for line := range strings.Lines(string(limits)) {
		if rest, is := strings.CutPrefix(line, "Max core file size"); is {
			if got := strings.Fields(rest); got[0] != "0" || got[1] != "0" {
				t.Errorf("got soft and hard limit %v, want 0", got)
			}
			return
		}
	}
	t.Errorf("got no limit of core files in\n%s", limits)
}
