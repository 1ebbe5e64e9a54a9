package admission

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

const (
	nonceLife    = 5 * time.Minute
	nonceContent = 16 // bytes before the MAC: eight of time, eight of randomness
)

// nonces issues the nonces of challenges, and accepts no answer twice. A nonce carries its time and a MAC, so that challenges,
// which anybody can provoke, take no memory: only nonces that a password has been proven with are remembered, until they
// expire.
type nonces struct {
	now  func() time.Time
	key  []byte
	mu   sync.Mutex
	used map[string]use
	next time.Time // when to drop those that have expired
}

// use is the highest count of a nonce so far, and when the nonce expires.
type use struct {
	count   int
	expires time.Time
}

func newNonces(now func() time.Time) *nonces {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &nonces{now: now, key: key, used: map[string]use{}}
}

// issue makes a nonce that is valid for one connector.
func (n *nonces) issue(connectorID string) string {
	b := make([]byte, nonceContent, nonceContent+sha256.Size)
	binary.BigEndian.PutUint64(b, uint64(n.now().UnixNano()))
	_, _ = rand.Read(b[8:])
	return base64.RawURLEncoding.EncodeToString(append(b, n.mac(b, connectorID)...))
}

func (n *nonces) mac(content []byte, connectorID string) []byte {
	h := hmac.New(sha256.New, n.key)
	h.Write(content)
	h.Write([]byte(connectorID))
	return h.Sum(nil)
}

// use accepts an answer with a nonce and its count (nc). It returns false if the nonce was not issued for the connector, has
// expired, or has been used with that count or a higher one.
func (n *nonces) use(nonce, connectorID string, count int) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != nonceContent+sha256.Size || !hmac.Equal(b[nonceContent:], n.mac(b[:nonceContent], connectorID)) {
		return false
	}
	now := n.now()
	expires := time.Unix(0, int64(binary.BigEndian.Uint64(b))).Add(nonceLife)
	if !now.Before(expires) {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.expire(now)
	key := string(b) // decoded: one nonce has several spellings in base64
	if count <= n.used[key].count {
		return false
	}
	n.used[key] = use{count, expires}
	return true
}

// expire drops nonces that have expired, once in a nonce's life. The caller holds mu.
func (n *nonces) expire(now time.Time) {
	if !now.After(n.next) {
		return
	}
	n.next = now.Add(nonceLife)
	for k, u := range n.used {
		if !now.Before(u.expires) {
			delete(n.used, k)
		}
	}
}
