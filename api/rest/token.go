package rest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"

	"timbre"
)

// tokenVersion is the first byte of every page token, which identifies its format.
const tokenVersion = 2

// pages creates and opens page tokens: the last item of a page, encrypted with AES-256-GCM and bound to its list and account. Without
// the key, nobody can read or forge one.
type pages struct {
	aead    cipher.AEAD
	account string
}

// pagesKey is the context key of pages.
type pagesKey struct{}

// newPages takes a key of 32 bytes; nil: it generates one. It panics at another length.
func newPages(key []byte, account string) pages {
	if key == nil {
		key = make([]byte, 32)
		_, _ = rand.Read(key) // never fails
	}
	block, err := aes.NewCipher(key)
	if err != nil || len(key) != 32 {
		panic("rest: a key for page tokens that is not of 32 bytes")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // AES has the block size of GCM
	}
	return pages{aead, account}
}

func (p pages) make(scope, after string) string {
	token := p.aead.Seal([]byte{tokenVersion}, nil, []byte(after), p.bound(scope)) //nolint:gosec // this AEAD makes its own nonce
	return base64.RawURLEncoding.EncodeToString(token)
}

func (p pages) open(scope, token string) (after string, err error) {
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err == nil && len(sealed) > 0 && sealed[0] == tokenVersion {
		if plain, err := p.aead.Open(nil, nil, sealed[1:], p.bound(scope)); err == nil && len(plain) > 0 {
			return string(plain), nil
		}
	}
	return "", timbre.Errorf(timbre.Invalid, "", "The NextToken is not valid for this list.")
}

// bound returns what a token is bound to besides its item. No account contains a zero byte.
func (p pages) bound(scope string) []byte {
	return []byte(string(rune(tokenVersion)) + p.account + "\x00" + scope)
}
