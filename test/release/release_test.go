// Package release tests what `make release` makes: on machines without Go, which the tests make of Debian packages, it is installed and names callers.
package release

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
)

// version is that of the releases that the tests make.
const version = "1.2.3-test.1"

// made is a release for this machine's platform, signed with a key of its own.
type made struct{ folder, key string }

// made runs the release once for all tests.
var release = sync.OnceValues(func() (made, error) {
	folder, err := os.MkdirTemp("", "timbre-release-test-")
	if err != nil {
		return made{}, err
	}
	key := filepath.Join(folder, "key")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "release", "-f", key).CombinedOutput(); err != nil {
		return made{}, &exec.Error{Name: string(out), Err: err}
	}
	m := made{filepath.Join(folder, "dist"), key}
	return m, m.make(m.folder)
})

// make runs the release.
func (m made) make(folder string) error {
	cmd := exec.Command("nice", "-n", "19", "go", "run", "./release", // the calls of other tests are at real time
		"-platforms", "linux/"+runtime.GOARCH, "-version", version, "-key", m.key, "-out", folder)
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		return &exec.Error{Name: string(out), Err: err}
	}
	return nil
}

// file is one of the release, by its suffix.
func (m made) file(suffix string) string {
	return filepath.Join(m.folder, "timbre_"+version+"_linux_"+runtime.GOARCH+suffix)
}

func TestMain(m *testing.M) {
	code := m.Run()
	if r, _ := release(); r.folder != "" {
		_ = os.RemoveAll(filepath.Dir(r.folder))
	}
	os.Exit(code)
}

// given returns the release.
func given(t *testing.T) made {
	t.Helper()
	r, err := release()
	if err != nil {
		t.Fatal(err)
	}
	return r
}
