package rtp

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"timbre"
	"timbre/environment"
)

// What keeps a stream from being heard is found, also when it goes wrong late, and forgotten when it is right again.
func TestStreamsThatCanHardlyBeHeard(t *testing.T) {
	k, other := testKeys(t, allSuites[0], 1), testKeys(t, allSuites[0], 2)
	for name, c := range map[string]struct {
		keys  *timbre.SRTPKeys // of the stream
		step  func(i int) uint32
		wrong func(i int) bool // by the wrong key
		want  timbre.MediaDoubt
	}{
		"in order":               {nil, steady(160), nil, 0},
		"stamped twice as fast":  {nil, steady(320), nil, timbre.OtherClock},
		"a clock that stands":    {nil, steady(0), nil, timbre.OtherClock},
		"stamped at random":      {nil, func(i int) uint32 { return uint32(i*i*7919) % 100000 }, nil, timbre.Misstamped},
		"encrypted":              {k, steady(160), nil, 0},
		"by other keys":          {k, steady(160), func(int) bool { return true }, timbre.NotAuthentic},
		"by other keys, later":   {k, steady(160), func(i int) bool { return i > 3*judged }, timbre.NotAuthentic},
		"by other keys at first": {k, steady(160), func(i int) bool { return i < judged }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.UnixMilli(1)
			clock := func() time.Time { return now }
			p, err := New(environment.Environment{Now: clock, Steady: clock, Metrics: prometheus.NewRegistry()}, Config{First: 24000, Last: 24001})
			if err != nil {
				t.Fatal(err)
			}
			from := addr("127.0.0.1:9")
			s := p.stream(timbre.Media{Remote: from, Keys: c.keys, Payloads: map[uint8]timbre.Codec{0: timbre.PCMU}}, &recorder{})
			if err := s.applyKeys(); err != nil {
				t.Fatal(err)
			}
			right, wrong := peerContext(t, k), peerContext(t, other)
			ts := uint32(0)
			for i := range 5 * judged {
				b, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 7, SequenceNumber: uint16(i), Timestamp: ts}, Payload: make([]byte, 160)}).Marshal()
				if err != nil {
					t.Fatal(err)
				}
				if c.keys != nil {
					by := right
					if c.wrong != nil && c.wrong(i) {
						by = wrong
					}
					if b, err = by.EncryptRTP(nil, b, nil); err != nil {
						t.Fatal(err)
					}
				}
				s.take(b, from)
				ts += c.step(i)
				now = now.Add(timbre.FrameDuration)
			}
			if got := s.Reception().Doubts; got != c.want {
				t.Errorf("got %q, want %q; %+v", got, c.want, s.Stats())
			}
			for _, reason := range c.want.Reasons() {
				if n := testutil.ToFloat64(p.metrics.doubtful.WithLabelValues(reason)); n != 1 {
					t.Errorf("got %v streams with %s, want 1", n, reason)
				}
			}
		})
	}
}
