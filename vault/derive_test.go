package vault_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"timbre/vault"
)

func TestDeriveDependsOnKeyFileAndPurposeOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	derive := func(path, purpose string) []byte {
		v, err := vault.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		key, err := v.Derive(purpose)
		if err != nil || len(key) != 32 {
			t.Fatalf("got %d bytes and error %v, want 32 bytes", len(key), err)
		}
		return key
	}
	key := derive(path, "page tokens")
	if !bytes.Equal(key, derive(path, "page tokens")) {
		t.Error("got another key after a restart, want the same")
	}
	if bytes.Equal(key, derive(path, "other")) {
		t.Error("got the same key for another purpose, want another")
	}
	if bytes.Equal(key, derive(filepath.Join(t.TempDir(), "key"), "page tokens")) {
		t.Error("got the same key from another key file, want another")
	}
}
