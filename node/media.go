package node

import (
	"timbre"
	"timbre/rtp"
	"timbre/sip"
	"timbre/sip/offer"
	"timbre/sip/trunk"
)

// media gives the SIP side its RTP streams: what an offer says about a stream, in the words of the rtp package.
type media struct{ pool *rtp.Pool }

type stream struct{ *rtp.Stream }

func (m media) Open(s offer.MediaSpec, to timbre.Listener) (sip.Stream, error) {
	st, err := m.pool.Open(spec(s), to)
	if err != nil {
		return nil, err
	}
	return stream{st}, nil
}

// Pair opens two streams that are relayed to each other.
func (m media) Pair(a, b offer.MediaSpec, hearA, hearB timbre.Listener) (trunk.Stream, trunk.Stream, error) {
	sa, err := m.pool.Open(spec(a), hearA)
	if err != nil {
		return nil, nil, err
	}
	sb, err := m.pool.Open(spec(b), hearB)
	if err != nil {
		sa.Close()
		return nil, nil, err
	}
	sa.Relay(sb)
	sb.Relay(sa)
	return stream{sa}, stream{sb}, nil
}

// Fingerprint is that of the pool's certificate.
func (m media) Fingerprint() string { return m.pool.Fingerprint() }

func (s stream) Update(to offer.MediaSpec) { s.Stream.Update(spec(to)) }

// Reception is what the stream's statistics say, in the words of the root.
func (s stream) Reception() timbre.Reception {
	st := s.Stats()
	r := timbre.Reception{
		Codec: st.Codec.String(), Packets: st.Packets, Lost: st.Lost, Late: st.Late, Duplicates: st.Duplicates,
		SenderReports: st.SenderReports, Jitter: st.Jitter,
	}
	for _, n := range st.Dropped {
		r.Dropped += n
	}
	return r
}

// spec says it as rtp does. Encodings that no codec here reads are left out: their packets are dropped and counted.
func spec(s offer.MediaSpec) rtp.Spec {
	payloads := map[uint8]rtp.Codec{}
	for number, e := range s.Payloads {
		if c, known := rtp.ParseCodec(e.Name, e.Rate); known {
			payloads[number] = c
		}
	}
	to := rtp.Spec{Local: s.Local, Remote: s.Remote, Source: s.Source, RTCP: s.RTCP, Payloads: payloads, Hold: s.Hold, LatchAny: s.LatchAny, Mux: s.Mux, Opaque: s.Opaque}
	if k := s.Keys; k != nil {
		to.Keys = &rtp.Keys{Suite: k.Suite, Local: k.Local, Remote: k.Remote, MKI: k.MKI}
	}
	if d := s.DTLS; d != nil {
		to.DTLS = &rtp.DTLS{Fingerprint: d.Fingerprint, Active: d.Active}
	}
	return to
}
