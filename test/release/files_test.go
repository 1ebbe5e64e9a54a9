package release

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Nothing in a release depends on where it was made: its C is compiled in both folders, whose compilers have other names.
func TestReleaseOfAnotherFolderIsTheSameBytes(t *testing.T) {
	t.Parallel()
	first := given(t)
	second := made{t.TempDir(), first.key}
	if err := second.make(elsewhere(t)); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(first.folder, "timbre*"))
	if err != nil || len(files) != kinds {
		t.Fatalf("got the files %v, %v, want %d", files, err, kinds)
	}
	for _, file := range files {
		name := filepath.Base(file)
		a, b := digest(t, file), digest(t, filepath.Join(second.folder, name))
		if a != b {
			t.Errorf("%s: got other bytes from a second release", name)
		}
	}
}

// kinds are how many files a release for one platform has beside their checksums.
const kinds = 6

// elsewhere is a copy of this repository, with all changes, that has the C compiler under another name.
func elsewhere(t *testing.T) string {
	t.Helper()
	here, err := filepath.Abs(repository)
	if err != nil {
		t.Fatal(err)
	}
	there := filepath.Join(t.TempDir(), "copy")
	const clone = `git clone -q --shared --no-checkout "$0" "$1"
git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$1"
git -C "$1" reset -q
echo /release/.venv >>"$1/.git/info/exclude"
ln -s "$0/release/.venv" "$1/release/.venv"`
	cmd := exec.CommandContext(t.Context(), "sh", "-e", "-c", clone, here, there)
	cmd.Dir = here
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return there
}

// digest is the SHA-256 of a file.
func digest(t *testing.T, file string) (sum [sha256.Size]byte) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return sha256.Sum256(text)
}

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
	if out, err := check.CombinedOutput(); err != nil || strings.Count(string(out), ": OK\n") != kinds {
		t.Errorf("got %v, want %d files that are right:\n%s", err, kinds, out)
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
