package vault_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"timbre/vault"
)

const head = "timbre local key v1\n"

func TestOpenCreatesKeyFileForItsOwnerOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "key")
	if _, err := vault.Open(path); err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", p, got, want)
		}
	}
	if files, _ := os.ReadDir(filepath.Dir(path)); len(files) != 1 {
		t.Errorf("got %d files, want the key file only", len(files))
	}
	text, _ := os.ReadFile(path)
	digits, ok := strings.CutPrefix(string(text), head)
	if key, err := hex.DecodeString(strings.TrimSuffix(digits, "\n")); !ok || err != nil || len(key) != 32 {
		t.Errorf("got key file %q, want the header and 64 hexadecimal digits", text)
	}
}

func TestSealedBytesOpenAfterRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	v, err := vault.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	wrapped := newKey(t, v)
	sealed, err := v.Seal(wrapped, "n", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := vault.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(wrapped, "n", sealed); err != nil || string(got) != "plain" {
		t.Errorf("got %q and error %v, want %q", got, err, "plain")
	}
}

func TestOpenRefusesMalformedKeyFile(t *testing.T) {
	key := strings.Repeat("0f", 32)
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"readable by the group": {head + key + "\n", 0o640, "is accessible to others (mode 0640): change its mode to 0600"},
		"readable by all":       {head + key + "\n", 0o604, "is accessible to others (mode 0604): change its mode to 0600"},
		"empty":                 {"", 0o600, `does not begin with the line "timbre local key v1"`},
		"a bare key":            {key + "\n", 0o600, `does not begin with the line "timbre local key v1"`},
		"of another version":    {"timbre local key v2\n" + key + "\n", 0o600, `does not begin with the line "timbre local key v1"`},
		"header alone":          {head, 0o600, "has the wrong size"},
		"too short":             {head + key[2:] + "\n", 0o600, "has the wrong size"},
		"too long":              {head + key + "00\n", 0o600, "has the wrong size"},
		"with a third line":     {head + key + "\n" + key + "\n", 0o600, "has the wrong size"},
		"not hexadecimal":       {head + strings.Repeat("xy", 32) + "\n", 0o600, "is damaged"},
		"endless":               {head + strings.Repeat("0", 1<<20), 0o600, "has the wrong size"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := vault.Open(path)
			oneSentence(t, err, "the key file "+path+" "+c.want)
			if strings.Contains(err.Error(), key[:8]) {
				t.Errorf("got error %q, want none of the key in it", err)
			}
			if after, _ := os.ReadFile(path); string(after) != c.text {
				t.Errorf("got key file %q, want it unchanged", after)
			}
		})
	}
}

func TestOpenRefusesUnusablePath(t *testing.T) {
	folder := t.TempDir()
	plain := filepath.Join(folder, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		folder:                            "is not a regular file",
		filepath.Join(plain, "key"):       "cannot be opened: not a directory",
		"/proc/timbre/key":                "cannot be created: no such file or directory",
		filepath.Join(folder, "a\x00key"): "cannot be opened: invalid argument",
	} {
		t.Run(want, func(t *testing.T) {
			_, err := vault.Open(path)
			oneSentence(t, err, "the key file "+path+" "+want)
		})
	}
}

func TestConcurrentFirstUsesShareOneKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	vaults := make([]*vault.Vault, 8)
	var all sync.WaitGroup
	for i := range vaults {
		all.Go(func() {
			v, err := vault.Open(path)
			if err != nil {
				t.Error(err)
			}
			vaults[i] = v
		})
	}
	all.Wait()
	wrapped := newKey(t, vaults[0])
	for i, v := range vaults {
		if _, err := v.Seal(wrapped, "n", nil); err != nil {
			t.Errorf("vault %d: got error %v, want the same key", i, err)
		}
	}
}

func oneSentence(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Fatalf("got no error, want %q", want)
	case !strings.HasPrefix(err.Error(), want), strings.Contains(err.Error(), "\n"):
		t.Errorf("got error %q, want one line that begins with %q", err, want)
	}
}
