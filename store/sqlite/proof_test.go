package sqlite

import (
	"net/netip"
	"testing"
	"time"

	"timbre"
)

func TestProofsSurviveARestartAndEndedOnesGo(t *testing.T) {
	folder := t.TempDir()
	s := begin(t, folder)
	now := time.Unix(1_000_000, 5)
	proof := func(network string, left time.Duration) timbre.Proof {
		return timbre.Proof{Network: netip.MustParsePrefix(network), Until: now.Add(left)}
	}
	ok(t, s.SaveProof(t.Context(), proof("203.0.113.9/32", time.Hour), now))
	ok(t, s.SaveProof(t.Context(), proof("2001:db8::/64", 3*time.Hour), now))
	now = now.Add(2 * time.Hour)
	ok(t, s.SaveProof(t.Context(), proof("2001:db8::/64", 3*time.Hour), now)) // again
	ok(t, s.Close())
	got, err := begin(t, folder).Proofs(t.Context())
	ok(t, err)
	if want := proof("2001:db8::/64", 3*time.Hour); len(got) != 1 || got[0].Network != want.Network || !got[0].Until.Equal(want.Until) {
		t.Errorf("got %v, want %v alone", got, want)
	}
}
