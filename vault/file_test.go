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

func TestKeyFileIsMadeOnFirstUseForItsOwnerAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "key")
	v, err := vault.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(p); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s is %v (%v), want mode %o", p, info, err, want)
		}
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("%d files lie beside the key", len(left)-1)
	}
	text, _ := os.ReadFile(path)
	digits, ok := strings.CutPrefix(string(text), head)
	if key, err := hex.DecodeString(strings.TrimSuffix(digits, "\n")); !ok || err != nil || len(key) != 32 {
		t.Errorf("the file holds %q", text)
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
	if plain, err := again.Open(wrapped, "n", sealed); err != nil || string(plain) != "plain" {
		t.Errorf("after a restart: %q, %v", plain, err)
	}
}

func TestKeyFileThatIsWrongIsRefusedInOneSentence(t *testing.T) {
	key := strings.Repeat("0f", 32)
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		want string
	}{
		"open to the group":  {head + key + "\n", 0o640, "is open to others (mode 0640): make it 0600."},
		"open to all":        {head + key + "\n", 0o604, "is open to others (mode 0604): make it 0600."},
		"empty":              {"", 0o600, `does not begin with the line "timbre local key v1".`},
		"a bare key":         {key + "\n", 0o600, `does not begin with the line "timbre local key v1".`},
		"of another version": {"timbre local key v2\n" + key + "\n", 0o600, `does not begin with the line "timbre local key v1".`},
		"header alone":       {head, 0o600, "has the wrong size"},
		"too short":          {head + key[2:] + "\n", 0o600, "has the wrong size"},
		"too long":           {head + key + "00\n", 0o600, "has the wrong size"},
		"with a third line":  {head + key + "\n" + key + "\n", 0o600, "has the wrong size"},
		"not hexadecimal":    {head + strings.Repeat("xy", 32) + "\n", 0o600, "is damaged"},
		"endless":            {head + strings.Repeat("0", 1<<20), 0o600, "has the wrong size"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "key")
			if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
				t.Fatal(err)
			}
			_, err := vault.Open(path)
			oneSentence(t, err, "the key file "+path+" "+c.want)
			if strings.Contains(err.Error(), key[:8]) {
				t.Errorf("%q shows the key", err)
			}
			if after, _ := os.ReadFile(path); string(after) != c.text {
				t.Error("the file was changed")
			}
		})
	}
}

func TestKeyFileThatCannotBeIsRefusedInOneSentence(t *testing.T) {
	folder := t.TempDir()
	plain := filepath.Join(folder, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		folder:                            "is not a regular file.",
		filepath.Join(plain, "key"):       "cannot be opened: not a directory",
		"/proc/timbre/key":                "cannot be made: no such file or directory",
		filepath.Join(folder, "a\x00key"): "cannot be opened: invalid argument",
	} {
		_, err := vault.Open(path)
		oneSentence(t, err, "the key file "+path+" "+want)
	}
}

func TestOfManyFirstUsesAtOnceAllGetOneKey(t *testing.T) {
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
			t.Errorf("vault %d has another key: %v", i, err)
		}
	}
}

func oneSentence(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case err == nil:
		t.Fatalf("no error, want %q", want)
	case !strings.HasPrefix(err.Error(), want), strings.Contains(err.Error(), "\n"):
		t.Errorf("%q, want %q", err, want)
	}
}
