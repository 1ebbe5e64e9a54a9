package sigv4

import (
	"path/filepath"
	"testing"
	"time"

	"timbre/ttl"
)

// Nonces of feeds lie in the same file, and take none of the room of signatures.
func TestSignaturesAreNotNoncesOfFeeds(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	j, err := ttl.OpenJournal(filepath.Join(t.TempDir(), "signatures"), now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = j.Close() }()
	for i, kind := range []ttl.Kind{ttl.APISignature, ttl.FeedNonce} {
		if err := j.Keep(kind, ttl.Key{byte(i)}, now, now, now); err != nil {
			t.Fatal(err)
		}
	}
	p := newReplays(now)
	p.recall(j)
	if _, ok := p.used.Get(ttl.Key{0}); !ok || p.used.Len() != 1 || p.held[""] != 1 {
		t.Errorf("got %d signatures, its own: %t, want its own alone", p.used.Len(), ok)
	}
}
