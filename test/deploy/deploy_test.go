// Package deploy tests what Timbre is deployed by: the chart and the Compose file. The container image is part of a release: test/release.
package deploy

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// repository is where this one is.
const repository = "../.."

// command runs a program, which must succeed, and returns what it prints.
func command(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := try(cmd)
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return out
}

// try returns what a program prints, or, if it fails, what it complains of.
func try(cmd *exec.Cmd) (string, error) {
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return complaint.String(), err
	}
	return out.String(), nil
}

// scratch is a folder for all tests.
var scratch string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if scratch, err = os.MkdirTemp("", "timbre-deploy-"); err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(scratch) }()
		return m.Run()
	}())
}

// judges builds the programs of the module in judge, and returns their folder.
var judges = sync.OnceValues(func() (string, error) {
	folder := filepath.Join(scratch, "judges") + "/"
	out, err := exec.Command("nice", "-n", "19", "go", "-C", "judge", "build", "-o", folder, "./...").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return folder, nil
})

// judge is a command of one of the judges.
func judge(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	folder, err := judges()
	if err != nil {
		t.Fatal(err)
	}
	return exec.CommandContext(t.Context(), folder+name, args...)
}

// release is the path of a file in the folder release.
func release(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(repository, "release", name))
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func content(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
