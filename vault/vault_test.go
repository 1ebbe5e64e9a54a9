package vault_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"timbre/vault"
)

func open(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.Open(filepath.Join(t.TempDir(), "data", "key"))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func newKey(t testing.TB, v *vault.Vault) []byte {
	t.Helper()
	k, err := v.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestOpenIntoUsesTheMemoryThatSuffices(t *testing.T) {
	v := open(t)
	key, plain := newKey(t, v), []byte("the vectors of many voices")
	sealed, err := v.Seal(key, "block 1 2", plain)
	if err != nil {
		t.Fatal(err)
	}
	for size, reused := range map[int]bool{0: false, len(plain) - 1: false, len(plain): true, 2 * len(plain): true} {
		memory := make([]byte, size)
		got, err := v.OpenInto(memory, key, "block 1 2", sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("memory of %d bytes: got %q and error %v, want %q", size, got, err, plain)
		}
		if is := size > 0 && &got[0] == &memory[0]; is != reused {
			t.Errorf("memory of %d bytes: got it used %v, want %v", size, is, reused)
		}
	}
}

func TestSealedBytesOpenWithTheirKeyAndNameOnly(t *testing.T) {
	v, other := open(t), open(t)
	key := newKey(t, v)
	plain := []byte("the vector of a voice")
	sealed, err := v.Seal(key, "profile 1", plain)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, plain) {
		t.Error("got the plaintext in the sealed bytes")
	}
	if got, err := v.Open(key, "profile 1", sealed); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("got %q and error %v, want %q", got, err, plain)
	}
	for what, try := range map[string]func() ([]byte, error){
		"another name":           func() ([]byte, error) { return v.Open(key, "profile 2", sealed) },
		"another data key":       func() ([]byte, error) { return v.Open(newKey(t, v), "profile 1", sealed) },
		"another vault":          func() ([]byte, error) { return other.Open(key, "profile 1", sealed) },
		"no data key":            func() ([]byte, error) { return v.Open(nil, "profile 1", sealed) },
		"sealed as the key":      func() ([]byte, error) { return v.Open(sealed, "profile 1", sealed) },
		"the key as sealed":      func() ([]byte, error) { return v.Open(key, "timbre data key", key) },
		"no bytes":               func() ([]byte, error) { return v.Open(key, "profile 1", nil) },
		"a later version":        func() ([]byte, error) { return v.Open(key, "profile 1", append([]byte{2}, sealed[1:]...)) },
		"seal with no key":       func() ([]byte, error) { return v.Seal(nil, "profile 1", plain) },
		"seal with noise":        func() ([]byte, error) { return v.Seal(bytes.Repeat([]byte{1}, 61), "profile 1", plain) },
		"seal with sealed bytes": func() ([]byte, error) { return v.Seal(sealed, "profile 1", plain) },
	} {
		t.Run(what, func(t *testing.T) {
			if got, err := try(); err == nil {
				t.Errorf("got %q, want an error", got)
			}
		})
	}
}

func TestAlteredOrTruncatedBytesDoNotOpen(t *testing.T) {
	v := open(t)
	key := newKey(t, v)
	sealed, err := v.Seal(key, "n", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(sealed) * 8 {
		altered := bytes.Clone(sealed)
		altered[i/8] ^= 1 << (i % 8)
		if _, err := v.Open(key, "n", altered); err == nil {
			t.Errorf("bit %d altered: got no error, want one", i)
		}
	}
	for n := range sealed {
		if _, err := v.Open(key, "n", sealed[:n]); err == nil {
			t.Errorf("truncated to %d bytes: got no error, want one", n)
		}
	}
}

func TestSealIsRandomized(t *testing.T) {
	v := open(t)
	key := newKey(t, v)
	seen := map[string]bool{string(key): true, string(newKey(t, v)): true}
	for range 1000 {
		s, err := v.Seal(key, "n", []byte("plain"))
		if err != nil {
			t.Fatal(err)
		}
		seen[string(s)] = true
	}
	if len(seen) != 1002 {
		t.Errorf("got %d distinct results, want 1002", len(seen))
	}
}

func FuzzOpen(f *testing.F) {
	v := open(f)
	key := newKey(f, v)
	sealed, _ := v.Seal(key, "n", []byte("plain"))
	f.Add(key, sealed)
	f.Add(sealed, key)
	f.Add([]byte{1}, []byte{1})
	f.Fuzz(func(t *testing.T, k, s []byte) {
		if plain, err := v.Open(k, "n", s); err == nil && (!bytes.Equal(k, key) || string(plain) != "plain") {
			t.Errorf("got %q, want an error", plain)
		}
	})
}

func BenchmarkOpenEmbedding(b *testing.B) {
	v := open(b)
	key := newKey(b, v)
	sealed, err := v.Seal(key, "n", make([]byte, 1040))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := v.Open(key, "n", sealed); err != nil {
			b.Fatal(err)
		}
	}
}
