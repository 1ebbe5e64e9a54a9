package rtp

import (
	"time"

	"github.com/pion/rtcp"
)

// sourceStats are the figures of one source that RTCP reports, as RFC 3550 computes them (6.4.1, A.3 and A.8).
type sourceStats struct {
	ssrc              uint32
	first, highest    uint32 // extended sequence numbers
	received          uint32
	expected, counted uint32 // expected and received packets at the last report
	clock             int64  // RTP clock of the last packet with audio, in Hz; 0: there was none
	transit           int64  // its arrival minus its timestamp, in ticks of that clock
	timed             bool   // transit is valid
	jitter            float64
	sender            uint32    // middle 32 bits of the NTP time in the last sender report
	senderAt          time.Time // when it arrived
}

// reset starts over with the first packet of a sequence. A source that only restarted keeps its jitter.
func (r *sourceStats) reset(p *packet) {
	clock, jitter := r.clock, r.jitter
	if r.ssrc != p.ssrc {
		clock, jitter = 0, 0
	}
	*r = sourceStats{ssrc: p.ssrc, first: uint32(p.seq), highest: uint32(p.seq), clock: clock, jitter: jitter}
}

// count counts a packet of the sequence that arrived at now, of a sender whose clock has a rate, in Hz.
func (r *sourceStats) count(p *packet, now time.Time, clock int64) {
	r.received++
	if ahead := int16(p.seq - uint16(r.highest)); ahead > 0 {
		r.highest += uint32(ahead)
	}
	if p.samples() == 0 || clock == 0 { // a clock that stands tells nothing of jitter
		return
	}
	transit := now.Unix()*clock + int64(now.Nanosecond())*clock/1e9 - int64(p.ts)
	d := transit - r.transit
	switch {
	case clock != r.clock:
		r.jitter = 0
	case r.timed && max(d, -d) < 10*clock: // 10 s or more is a pause or a wrapped timestamp
		r.jitter += (float64(max(d, -d)) - r.jitter) / 16
	}
	r.clock, r.transit, r.timed = clock, transit, true
}

// report is the report block about this source at now. False: nothing has been received.
func (r *sourceStats) report(now time.Time) (rtcp.ReceptionReport, bool) {
	if r.received == 0 {
		return rtcp.ReceptionReport{}, false
	}
	expected := r.highest - r.first + 1
	missing := int64(expected) - int64(r.received) // negative when duplicates outweigh losses
	interval := expected - r.expected
	missed := int64(interval) - int64(r.received-r.counted)
	r.expected, r.counted = expected, r.received
	report := rtcp.ReceptionReport{
		SSRC:               r.ssrc,
		TotalLost:          uint32(min(max(missing, 0), 1<<23-1)),
		LastSequenceNumber: r.highest,
		Jitter:             uint32(r.jitter),
		LastSenderReport:   r.sender,
	}
	if interval > 0 && missed > 0 {
		report.FractionLost = uint8(min(missed*256/int64(interval), 255))
	}
	if r.sender != 0 {
		report.Delay = uint32(now.Sub(r.senderAt).Seconds() * 65536)
	}
	return report, true
}

// senderReport takes a sender report that arrived at now.
func (r *sourceStats) senderReport(s *rtcp.SenderReport, now time.Time) {
	if s.SSRC == r.ssrc && r.received > 0 {
		r.sender, r.senderAt = uint32(s.NTPTime>>16), now
	}
}
