// Package release tests what `make release` makes: on machines without Go, which the tests make of Debian packages, it is installed and names callers;
// its container image runs as a runtime would run it.
package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"timbre/test/needs"
)

// version is that of the releases that the tests make.
const version = "1.2.3-test.1"

// repository is where this one is.
const repository = "../.."

// scratch is a folder for all tests; packages has Debian's for images. It is the one of `make image`, which stays: once it is filled, no test
// waits for a mirror.
var scratch, packages string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if packages, err = filepath.Abs(filepath.Join(repository, "bin", "debian")); err != nil {
			panic(err)
		}
		if scratch, err = os.MkdirTemp("", "timbre-release-test-"); err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(scratch) }()
		return m.Run()
	}())
}

// made is a release for this machine's platform, signed with a key of its own.
type made struct{ folder, key string }

// release is one for all tests that need one.
var release = sync.OnceValues(func() (made, error) {
	m := made{filepath.Join(scratch, "dist"), filepath.Join(scratch, "key")}
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "release", "-f", m.key).CombinedOutput(); err != nil {
		return m, &exec.Error{Name: string(out), Err: err}
	}
	return m, m.make(repository)
})

// make runs the release of the sources in a folder.
func (m made) make(source string) error {
	cmd := exec.Command("nice", "-n", "19", "go", "run", "./release", // the calls of other tests are at real time
		"-platforms", "linux/"+runtime.GOARCH, "-version", version, "-key", m.key, "-out", m.folder, "-packages", packages)
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		return &exec.Error{Name: string(out), Err: err}
	}
	return nil
}

// file is one of the release for this platform, by its suffix.
func (m made) file(suffix string) string {
	return filepath.Join(m.folder, "timbre_"+version+"_linux_"+runtime.GOARCH+suffix)
}

// given returns the release.
func given(t *testing.T) made {
	t.Helper()
	needs.Program(t, "ssh-keygen", "ssh-keygen (Debian's package openssh-client)")
	needs.Program(t, "dpkg-deb", "dpkg-deb, which images are packed by (Debian's package dpkg)")
	needs.Program(t, filepath.Join(repository, "release", ".venv", "bin", "python"), "zig in release/.venv (make test installs it)")
	r, err := release()
	if err != nil {
		t.Fatal(err)
	}
	return r
}
