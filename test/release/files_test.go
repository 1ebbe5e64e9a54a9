package release

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestTwoReleasesAreTheSameBytes(t *testing.T) {
	first := given(t)
	second := made{t.TempDir(), first.key}
	if err := first.make(second.folder); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{".tar.gz", ".deb", ".rpm", ".cdx.json"} {
		a, err := os.ReadFile(first.file(suffix))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(second.file(suffix))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: got other bytes from a second release", suffix)
		}
	}
}

// Two releases of one folder would agree on where it lies.
func TestProgramTellsNothingOfWhereItWasMade(t *testing.T) {
	program, err := os.ReadFile(filepath.Join(given(t).folder, "linux_"+runtime.GOARCH, "timbre"))
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(program, []byte(here)) {
		t.Errorf("got a program that contains %s", here)
	}
}

func TestChecksumsAreSigned(t *testing.T) {
	r := given(t)
	check := exec.Command("sha256sum", "--check", "--strict", "SHA256SUMS")
	check.Dir = r.folder
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK\n") != 4 {
		t.Errorf("got %v, want four files that are right:\n%s", err, out)
	}
	public, err := os.ReadFile(r.key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	signers := filepath.Join(t.TempDir(), "signers")
	if err := os.WriteFile(signers, slices.Concat([]byte("release "), public), 0o600); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(r.folder, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	verify := func(text []byte) error {
		cmd := exec.Command("ssh-keygen", "-Y", "verify", "-f", signers, "-I", "release", "-n", "file", "-s", filepath.Join(r.folder, "SHA256SUMS.sig"))
		cmd.Stdin = bytes.NewReader(text)
		return cmd.Run()
	}
	if err := verify(sums); err != nil {
		t.Errorf("got %v of the signature, want it good", err)
	}
	if verify(append(sums, ' ')) == nil {
		t.Error("got a good signature of other checksums")
	}
}

func TestBillOfMaterialsNamesEverything(t *testing.T) {
	text, err := os.ReadFile(given(t).file(".cdx.json"))
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		BOMFormat  string
		Metadata   struct{ Component struct{ Version string } }
		Components []struct {
			Type, Name, Version string
			Licenses            []any
			Hashes              []struct{ Content string }
		}
	}
	if err := json.Unmarshal(text, &bill); err != nil {
		t.Fatal(err)
	}
	if bill.BOMFormat != "CycloneDX" || bill.Metadata.Component.Version != "v"+version {
		t.Errorf("got %s of version %s", bill.BOMFormat, bill.Metadata.Component.Version)
	}
	kinds := map[string]int{}
	named := map[string]bool{}
	for _, c := range bill.Components {
		kinds[c.Type]++
		named[c.Name] = true
		if c.Type != "library" && len(c.Hashes) == 0 {
			t.Errorf("%s has no checksum", c.Name)
		}
	}
	if kinds["machine-learning-model"] < 3 {
		t.Errorf("got %d models, want at least 3", kinds["machine-learning-model"])
	}
	modules := output(t, "go", "version", "-m", filepath.Join(given(t).folder, "linux_"+runtime.GOARCH, "timbre"))
	for line := range strings.Lines(modules) {
		if field := strings.Fields(line); field[0] == "dep" && !named[field[1]] {
			t.Errorf("the module %s is missing", field[1])
		}
	}
	for _, name := range []string{"ONNX Runtime", "std"} {
		if !named[name] {
			t.Errorf("%s is missing", name)
		}
	}
}
