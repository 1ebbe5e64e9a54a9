// Package vault encrypts what must not lie about in the clear: the embeddings of voices. A key file comes in; sealed bytes
// go out, and open again as long as the key that they were sealed under exists.
//
// There are two layers. The local key, kept in a file beside the database, encrypts data keys and nothing else. A data key,
// one for each voice profile domain, encrypts that domain's embeddings; it is kept only wrapped, by whoever stores the
// embeddings. Who destroys a wrapped key has destroyed everything sealed under it, wherever copies of it lie.
//
// The package does not store data keys or sealed bytes, and it does not know what they belong to.
package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"

	"timbre"
)

// version is the first byte of everything wrapped or sealed: AES-256-GCM with a random nonce of 96 bits, which follows;
// then the ciphertext with its tag of 128 bits.
const version = 1

// keySize of the local key and of data keys, in bytes.
const keySize = 32

// wrapping is what wrapped keys are bound to, so that no sealed embedding passes for one.
const wrapping = "timbre data key"

// Vault seals and opens under data keys that it makes and wraps. It is safe for concurrent use.
type Vault struct {
	local cipher.AEAD
	root  []byte // of derived keys; tells nothing of the local key
}

// Derive gives 32 bytes that depend on the key file and the purpose alone, by HKDF-SHA256 (RFC 5869): a key for something
// that is worth no key of its own. Who knows one learns nothing of the others.
func (v *Vault) Derive(purpose string) ([]byte, error) {
	key, err := hkdf.Expand(sha256.New, v.root, "timbre "+purpose, keySize)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "no key can be derived: %w", err)
	}
	return key, nil
}

// NewKey makes a data key and gives it wrapped.
func (v *Vault) NewKey() (wrapped []byte, err error) {
	key := make([]byte, keySize)
	defer clear(key)
	_, _ = rand.Read(key) // never fails: it ends the program instead
	return seal(v.local, wrapping, key), nil
}

// Seal encrypts plain under a wrapped key, bound to name: it opens for that name alone.
func (v *Vault) Seal(wrapped []byte, name string, plain []byte) (sealed []byte, err error) {
	data, err := v.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	return seal(data, name, plain), nil
}

// Open decrypts what Seal has made under the same wrapped key and name.
func (v *Vault) Open(wrapped []byte, name string, sealed []byte) (plain []byte, err error) {
	data, err := v.unwrap(wrapped)
	if err != nil {
		return nil, err
	}
	return open(data, name, sealed)
}

func (v *Vault) unwrap(wrapped []byte) (cipher.AEAD, error) {
	key, err := open(v.local, wrapping, wrapped)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "the data key is not wrapped by this key file: %w", err)
	}
	defer clear(key)
	return gcm(key)
}

// gcm is AES-256-GCM that puts a random nonce before what it seals. At most 2^32 messages may be sealed under one key.
func gcm(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, timbre.Errorf(timbre.Internal, "vault", "a key of %d bytes in place of %d.", len(key), keySize)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "no cipher: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "no cipher: %w", err)
	}
	return aead, nil
}

func seal(aead cipher.AEAD, name string, plain []byte) []byte {
	sealed := make([]byte, 1, 1+len(plain)+aead.Overhead())
	sealed[0] = version
	return aead.Seal(sealed, nil, plain, bound(name)) //nolint:gosec // no fixed nonce: this AEAD makes its own
}

func open(aead cipher.AEAD, name string, sealed []byte) ([]byte, error) {
	if len(sealed) < 1+aead.Overhead() || sealed[0] != version {
		return nil, timbre.Errorf(timbre.Internal, "vault", "these bytes were not sealed by this version of Timbre.")
	}
	plain, err := aead.Open(nil, nil, sealed[1:], bound(name))
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "vault", "sealed under another key or name, or altered: %w", err)
	}
	return plain, nil
}

// bound is what the tag covers beside the ciphertext.
func bound(name string) []byte { return append([]byte{version}, name...) }
