package rtp

import (
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"timbre"
)

// protect encrypts a packet with a sequence number.
func protect(t testing.TB, c *srtp.Context, ssrc uint32, seq uint16) []byte {
	t.Helper()
	b, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: seq, SSRC: ssrc}, Payload: make([]byte, 160)}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	if b, err = c.EncryptRTP(nil, b, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// at is the context of a peer whose roll-over counter for SSRC 7 is n.
func at(t testing.TB, k *timbre.SRTPKeys, n uint32) *srtp.Context {
	c := peerContext(t, k)
	c.SetROC(7, n)
	return c
}

func contextAfter(t testing.TB, k *timbre.SRTPKeys, before *cryptoContext) *cryptoContext {
	t.Helper()
	e, err := newCryptoContext(*k, before)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A peer keeps its roll-over counter when the key changes, or begins again at zero: the authentication tag tells which.
func TestRolloverAfterNewKey(t *testing.T) {
	for _, suite := range allSuites {
		for name, c := range map[string]struct {
			last, first uint16 // sequence numbers before and after the change
			before      uint32 // roll-over counter before it
			after       uint32
			ssrc        uint32
		}{
			"kept":                         {last: 100, first: 101, before: 3, after: 3, ssrc: 7},
			"begun again":                  {last: 100, first: 101, before: 3, after: 0, ssrc: 7},
			"kept, as numbers wrap":        {last: 65535, first: 0, before: 3, after: 4, ssrc: 7},
			"kept, by a late packet":       {last: 2, first: 65534, before: 3, after: 2, ssrc: 7},
			"kept for another source":      {last: 100, first: 9000, before: 3, after: 3, ssrc: 8},
			"begun again, another source":  {last: 100, first: 9000, before: 3, after: 0, ssrc: 8},
			"kept, as the first one wraps": {last: 65535, first: 0, before: 0, after: 1, ssrc: 7},
		} {
			t.Run(suite+" "+name, func(t *testing.T) {
				old, next := testKeys(t, suite, 1), testKeys(t, suite, 2)
				e := contextAfter(t, old, nil)
				if _, why, ok := e.decrypt(protect(t, at(t, old, c.before), 7, c.last), 7); !ok {
					t.Fatalf("before the change: got %v", why)
				}
				e = contextAfter(t, testKeys(t, suite, 9), e) // a key that is never used
				e = contextAfter(t, next, e)
				peer := peerContext(t, next)
				peer.SetROC(c.ssrc, c.after)
				for n := range uint16(3) {
					if _, why, ok := e.decrypt(protect(t, peer, c.ssrc, c.first+n), c.ssrc); !ok {
						t.Fatalf("packet %d: got %v, want it decrypted", n, why)
					}
				}
				replayed := peerContext(t, next)
				replayed.SetROC(c.ssrc, c.after)
				if _, why, ok := e.decrypt(protect(t, replayed, c.ssrc, c.first), c.ssrc); ok || why != Replayed {
					t.Errorf("got %v, %v, want the packet refused as a replay", why, ok)
				}
			})
		}
	}
}

// A stream that is joined late begins with a counter that nobody has told.
func TestRolloverOfStreamJoinedLate(t *testing.T) {
	k := testKeys(t, allSuites[0], 1)
	if _, why, ok := contextAfter(t, k, nil).decrypt(protect(t, at(t, k, 5), 7, 1), 7); !ok {
		t.Errorf("got %v, want it decrypted", why)
	}
}

// Forged packets neither wear the trial out for the sources of the stream, nor take memory.
func TestForgedPacketsDoNotEndTheTrial(t *testing.T) {
	old, next := testKeys(t, allSuites[0], 1), testKeys(t, allSuites[0], 2)
	e := contextAfter(t, old, nil)
	if _, why, ok := e.decrypt(protect(t, at(t, old, 2), 7, 9), 7); !ok {
		t.Fatalf("before the change: got %v", why)
	}
	e = contextAfter(t, next, e)
	forged := peerContext(t, testKeys(t, allSuites[0], 3))
	for ssrc := range uint32(1000) {
		if _, why, ok := e.decrypt(protect(t, forged, ssrc, 10), ssrc); ok || why != Unauthentic {
			t.Fatalf("got %v, %v, want it refused as not authentic", why, ok)
		}
	}
	states := 0
	for ssrc := range uint32(1000) {
		if _, ok := e.in.ROC(ssrc); ok {
			states++
		}
	}
	if states > maxTrials+1 || len(e.ssrcs) != 0 {
		t.Errorf("got %d states and %d sources, want at most %d and none", states, len(e.ssrcs), maxTrials+1)
	}
	if _, why, ok := e.decrypt(protect(t, at(t, next, 2), 7, 10), 7); !ok {
		t.Errorf("got %v, want it decrypted", why)
	}
}
