package rtp

import "timbre"

// The pool is the receiver that signalling opens its streams with.
var (
	_ timbre.MediaReceiver = (*Pool)(nil)
	_ timbre.MediaRelay    = (*Pool)(nil)
	_ timbre.DTLSIdentity  = (*Pool)(nil)
	_ timbre.MediaStream   = (*Stream)(nil)
	_ timbre.PromptStream  = (*Stream)(nil)
)

// Open implements timbre.MediaReceiver.
func (p *Pool) Open(m timbre.Media, to timbre.Listener) (timbre.MediaStream, error) {
	s, err := p.open(m, to)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Pair implements timbre.MediaRelay.
func (p *Pool) Pair(a, b timbre.Media, toA, toB timbre.Listener) (timbre.MediaStream, timbre.MediaStream, error) {
	sa, err := p.open(a, toA)
	if err != nil {
		return nil, nil, err
	}
	sb, err := p.open(b, toB)
	if err != nil {
		sa.Close()
		return nil, nil, err
	}
	sa.Relay(sb)
	sb.Relay(sa)
	return sa, sb, nil
}

// Reception implements timbre.MediaStream.
func (s *Stream) Reception() timbre.Reception {
	st := s.Stats()
	r := timbre.Reception{
		Codec: st.Codec.String(), Packets: st.Packets, Lost: st.Lost, Late: st.Late, Duplicates: st.Duplicates,
		SenderReports: st.SenderReports, Jitter: st.Jitter, Doubts: st.Doubts, CNAME: st.CNAME,
	}
	for _, n := range st.Dropped {
		r.Dropped += n
	}
	return r
}
