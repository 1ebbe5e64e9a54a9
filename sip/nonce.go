package sip

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

// nonceLife is how long a nonce is good for.
const nonceLife = 5 * time.Minute

// nonces makes what clients prove their passwords with, and sees to it that no proof is good twice. A nonce carries its
// age and our mark, so that challenges, which anybody can provoke, take no memory: only nonces that a password has been
// proven with are remembered, while they last.
type nonces struct {
	now  func() time.Time
	key  []byte
	mu   sync.Mutex
	used map[string]spent
	next time.Time // when to look for those that have expired
}

// spent is how far a nonce has been counted, and when it ends.
type spent struct {
	count int
	ends  time.Time
}

func newNonces(now func() time.Time) *nonces {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &nonces{now: now, key: key, used: map[string]spent{}}
}

// plainNonce is what of a nonce is not its mark: eight bytes of time, eight of chance.
const plainNonce = 16

// make gives a fresh nonce that is good for one connector.
func (n *nonces) make(connector string) string {
	b := make([]byte, plainNonce, plainNonce+sha256.Size)
	binary.BigEndian.PutUint64(b, uint64(n.now().UnixNano()))
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, n.mark(b, connector)...))
}

func (n *nonces) mark(plain []byte, connector string) []byte {
	h := hmac.New(sha256.New, n.key)
	h.Write(plain)
	h.Write([]byte(connector))
	return h.Sum(nil)
}

// use counts a proof. False: the nonce is not one of ours for the connector, or too old, or has been counted as far before.
func (n *nonces) use(nonce, connector string, count int) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != plainNonce+sha256.Size || !hmac.Equal(b[plainNonce:], n.mark(b[:plainNonce], connector)) {
		return false
	}
	now := n.now()
	ends := time.Unix(0, int64(binary.BigEndian.Uint64(b))).Add(nonceLife)
	if !now.Before(ends) {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.After(n.next) {
		n.next = now.Add(nonceLife)
		for k, s := range n.used {
			if !now.Before(s.ends) {
				delete(n.used, k)
			}
		}
	}
	name := string(b) // however it was spelled
	if count <= n.used[name].count {
		return false
	}
	n.used[name] = spent{count, ends}
	return true
}
