// Package needs says what a test needs of the system: programs, rights. A test that lacks something is skipped, and fails with CI=true, where
// test/prepare has installed what is missing. The message names it.
package needs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Program needs a program of the PATH, or a file that a pattern of paths matches. What says what that is and who installs it.
func Program(t testing.TB, program, what string) {
	t.Helper()
	_, err := exec.LookPath(program)
	files, _ := filepath.Glob(program)
	That(t, err == nil || len(files) > 0, what)
}

// Root needs the rights of root.
func Root(t testing.TB) {
	t.Helper()
	That(t, os.Geteuid() == 0, "the rights of root")
}

// Mounts needs a mount namespace, of a user namespace where the test is not root's. It returns the beginning of a command line that runs a
// program in one.
func Mounts(t testing.TB) (unshare []string) {
	t.Helper()
	unshare = []string{"unshare", "--mount"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--map-root-user")
	}
	out, err := exec.Command(unshare[0], append(unshare[1:], "true")...).CombinedOutput()
	That(t, err == nil, "a mount namespace by unshare (Debian's package util-linux): "+string(out))
	return unshare
}

// That needs something that the test has looked for itself.
func That(t testing.TB, has bool, what string) {
	t.Helper()
	switch {
	case has:
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing", what)
	default:
		t.Skipf("skipped: %s is missing", what)
	}
}
