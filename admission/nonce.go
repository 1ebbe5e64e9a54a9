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
	"timbre/ttl"
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
	used *ttl.Map[string, int] // the highest count of each nonce so far
}

func newNonces(now func() time.Time) *nonces {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return &nonces{now: now, key: key, used: ttl.NewMap[string, int](nonceLife, nil)}
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
	if err != nil || len(b) != nonceLength { // line breaks are no content
		return nil
	}
	return b
}

func expiry(nonce []byte) time.Time {
	return time.Unix(0, int64(binary.BigEndian.Uint64(nonce))).Add(nonceLife)
}

// issued reports whether a nonce was issued for a connector, and has not expired.
func (n *nonces) issued(nonce, connectorID string) bool {
	b := decodeNonce(nonce)
	signed := nonceContent + pathTag
	return b != nil && hmac.Equal(b[signed:], n.mac(b[:signed], connectorID)[:nonceTag]) && n.now().Before(expiry(b))
}

// use accepts an answer with a nonce and its count (nc). It returns false if the nonce was not issued for the connector, has
// expired, or has been used with that count or a higher one.
func (n *nonces) use(nonce, connectorID string, count int) bool {
	if !n.issued(nonce, connectorID) {
		return false
	}
	b, now := decodeNonce(nonce), n.now()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.used.Forget(now)
	key := string(b) // decoded: one nonce has several spellings in base64
	if before, _ := n.used.Get(key); count <= before {
		return false
	}
	n.used.Put(key, count, expiry(b))
	return true
}
