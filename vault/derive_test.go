package vault_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"timbre/vault"
)

func TestADerivedKeyHangsOnKeyFileAndPurposeAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	derive := func(path, purpose string) []byte {
		v, err := vault.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		key, err := v.Derive(purpose)
		if err != nil || len(key) != 32 {
			t.Fatalf("%d bytes, %v", len(key), err)
		}
		return key
	}
	key := derive(path, "page tokens")
	if !bytes.Equal(key, derive(path, "page tokens")) {
		t.Error("another key after a restart")
	}
	if bytes.Equal(key, derive(path, "other")) || bytes.Equal(key, derive(filepath.Join(t.TempDir(), "key"), "page tokens")) {
		t.Error("the same key for another purpose or by another file")
	}
}
