package admission

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"sync"
	"time"

	"timbre"
)

const (
	nonceLife    = 5 * time.Minute
	nonceContent = 12 // bytes before the MACs: eight of time, four of randomness
	pathTag      = 8  // bytes of the MAC over the content and the source
	nonceTag     = 16 // bytes of the MAC over all of it and the connector
	nonceLength  = nonceContent + pathTag + nonceTag
)

// nonces issues the nonces of challenges, and accepts no answer twice. A nonce carries its time and MACs, so that challenges,
// which anybody can provoke, take no memory: only nonces that a password has been proven with are remembered, until they
// expire. Whoever repeats a nonce has received it, which the tag of its source proves without memory, too.
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

// issue makes a nonce that is valid for one connector, for the challenge of one source.
func (n *nonces) issue(connectorID string, to netip.Addr) string {
	b := make([]byte, nonceContent, nonceLength)
	binary.BigEndian.PutUint64(b, uint64(n.now().UnixNano()))
	_, _ = rand.Read(b[8:])
	b = append(b, n.mac(b, sourceText(to))[:pathTag]...)
	return base64.RawURLEncoding.EncodeToString(append(b, n.mac(b, connectorID)[:nonceTag]...))
}

// sourceText is what the MAC of a source covers. It is no connector's id.
func sourceText(a netip.Addr) string { return "source " + timbre.HostNetwork(a).String() }

func (n *nonces) mac(content []byte, of string) []byte {
	h := hmac.New(sha256.New, n.key)
	h.Write(content)
	h.Write([]byte(of))
	return h.Sum(nil)
}

// echoed reports whether a nonce was issued to a source, and has not expired: then what is sent to the source reaches whoever has
// repeated it.
func (n *nonces) echoed(from netip.Addr, nonce string) bool {
	b := decodeNonce(nonce)
	return b != nil && hmac.Equal(b[nonceContent:nonceContent+pathTag], n.mac(b[:nonceContent], sourceText(from))[:pathTag]) && n.now().Before(expiry(b))
}

// decodeNonce is the content of a nonce with its MACs; nil: it is none.
func decodeNonce(nonce string) []byte {
	if base64.RawURLEncoding.DecodedLen(len(nonce)) != nonceLength {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil {
		return nil
	}
	return b
}

func expiry(nonce []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(nonce))).Add(nonceLife)
}

// use accepts an answer with a nonce and its count (nc). It returns false if the nonce was not issued for the connector, has
// expired, or has been used with that count or a higher one.
func (n *nonces) use(nonce, connectorID string, count int) bool {
	b := decodeNonce(nonce)
	signed := nonceContent + pathTag
	if b == nil || !hmac.Equal(b[signed:], n.mac(b[:signed], connectorID)[:nonceTag]) {
		return false
	}
	now := n.now()
	expires := expiry(b)
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
