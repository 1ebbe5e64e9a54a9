package vault

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"os"
	"reflect"
	"strings"
	"testing"
	"unsafe"
)

// expanded are the bytes that a cipher consists of.
func expanded(cipher any) []byte {
	v := reflect.ValueOf(cipher)
	if v.Kind() == reflect.Struct {
		v = v.Field(0)
	}
	return unsafe.Slice((*byte)(v.UnsafePointer()), v.Type().Elem().Size())
}

// The first round keys of AES-256 are the key itself, so that a cipher gives its key away.
func TestErasedCiphersHaveNothingOfTheirKey(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]any{"block": block, "AEAD": aead} {
		memory := expanded(c)
		if bytes.Count(memory, []byte{0}) == len(memory) {
			t.Fatalf("%s: got no round keys to erase", name)
		}
		erase(c)
		if bytes.Count(memory, []byte{0}) != len(memory) {
			t.Errorf("%s: got round keys after it was erased", name)
		}
	}
}

func TestMemoryOfKeysIsLocked(t *testing.T) {
	before := locked(t)
	newVault(make([]byte, keySize), make([]byte, keySize))
	if after := locked(t); after == before {
		t.Errorf("got %s locked before and after, want a page more", before)
	}
}

// locked is how much memory of the process is.
func locked(t *testing.T) string {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Skip("the system does not tell")
	}
	_, rest, _ := strings.Cut(string(status), "VmLck:")
	size, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(size)
}
