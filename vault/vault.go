// Package vault encrypts the embeddings of voices (envelope encryption). A key file comes in; sealed bytes go out, which can be
// opened as long as their key exists.
//
// There are two layers. The local key, in a file beside the database, encrypts data keys and nothing else. A data key, one for
// each voice profile domain, encrypts the embeddings of that domain; the store of the embeddings keeps it wrapped. Destroying a
// wrapped key destroys everything sealed with it, including copies in backups.
//
// The local key lies in locked memory. Data keys, and what the ciphers make of either, are overwritten after each use.
//
// The package stores neither data keys nor sealed bytes, and does not know what they belong to.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"

	"timbre"
)

// version is the first byte of everything wrapped or sealed. A random 96-bit nonce, the AES-256-GCM ciphertext and its 128-bit tag
// follow.
const version = 1

// keySize is the size of the local key and of data keys in bytes.
const keySize = 32

// wrapping is the name that wrapped keys are bound to, so that a sealed embedding cannot pass for a key.
const wrapping = "timbre data key"

// Vault seals and opens with data keys that it generates and wraps. It is safe for concurrent use.
type Vault struct {
	local []byte
	root  []byte // pseudorandom key of derived keys; reveals nothing of the local key
}

// newVault returns a Vault with copies of a local key and its root, in memory of their own.
func newVault(local, root []byte) *Vault {
	memory := newMemory(len(local) + len(root))
	v := &Vault{memory[:copy(memory, local)], memory[len(local):]}
	copy(v.root, root)
	return v
}

// Derive returns a key of 32 bytes for a purpose, derived from the key file by HKDF-SHA256 (RFC 5869). A derived key reveals nothing
// of the others.
func (v *Vault) Derive(purpose string) ([]byte, error) {
	key, err := hkdf.Expand(sha256.New, v.root, "timbre "+purpose, keySize)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the key cannot be derived: %w", err)
	}
	return key, nil
}

// NewKey generates a data key and returns it wrapped.
func (v *Vault) NewKey() (wrapped []byte, err error) {
	key := make([]byte, keySize)
	defer clear(key)
	_, _ = rand.Read(key) // never fails: it aborts the program instead
	return seal(v.local, wrapping, key)
}

// Seal encrypts plain with a wrapped key and binds it to name: it opens with that name only.
func (v *Vault) Seal(wrapped []byte, name string, plain []byte) (sealed []byte, err error) {
	key, err := v.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return seal(key, name, plain)
}

// Open decrypts what Seal encrypted with the same wrapped key and name.
func (v *Vault) Open(wrapped []byte, name string, sealed []byte) (plain []byte, err error) {
	return v.OpenInto(nil, wrapped, name, sealed)
}

// OpenInto is Open for those who open much: the result is in memory, which it overwrites, if that is large enough.
func (v *Vault) OpenInto(memory, wrapped []byte, name string, sealed []byte) (plain []byte, err error) {
	key, err := v.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return open(memory, key, name, sealed)
}

// unwrap returns a data key. The caller clears it.
func (v *Vault) unwrap(wrapped []byte) (key []byte, err error) {
	key, err = open(nil, v.local, wrapping, wrapped)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the data key was not wrapped with this key file: %w", err)
	}
	return key, nil
}

// gcm returns AES-256-GCM that prepends a random nonce. At most 2^32 messages may be sealed with one key (NIST SP 800-38D, 8.3). The
// caller erases it.
func gcm(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the key has %d bytes, not %d", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the cipher cannot be created: %w", err)
	}
	defer erase(block) // the AEAD has a copy
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the cipher cannot be created: %w", err)
	}
	return aead, nil
}

func seal(key []byte, name string, plain []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	defer erase(aead)
	sealed := make([]byte, 1, 1+len(plain)+aead.Overhead())
	sealed[0] = version
	return aead.Seal(sealed, nil, plain, additional(name)), nil //nolint:gosec // no fixed nonce: this AEAD generates its own
}

func open(memory, key []byte, name string, sealed []byte) ([]byte, error) {
	aead, err := gcm(key)
	if err != nil {
		return nil, err
	}
	defer erase(aead)
	if len(sealed) < 1+aead.Overhead() || sealed[0] != version {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the sealed bytes have an unknown format")
	}
	plain, err := aead.Open(memory[:0], nil, sealed[1:], additional(name))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "sealed with another key or name, or altered: %w", err)
	}
	return plain, nil
}

// additional returns the additional authenticated data of a name.
func additional(name string) []byte { return append([]byte{version}, name...) }
