package rtp

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

func TestReportBlocksFollowRFC3550(t *testing.T) {
	start := time.UnixMilli(1_700_000_000_000)
	var r sourceStats
	first := audioPacket(0, 160, 0)
	first.seq = 0xFFFE
	if _, ok := r.report(start); ok {
		t.Error("got a report block, want none before the first packet")
	}
	r.reset(&first)
	for i := range 20 {
		if i%5 == 3 {
			continue // lost: 4 of 20
		}
		p := audioPacket(uint32(i*160), 160, 0)
		p.seq = first.seq + uint16(i)
		now := start.Add(time.Duration(i) * 20 * time.Millisecond)
		if i%2 == 1 {
			now = now.Add(2 * time.Millisecond) // 16 samples
		}
		r.count(&p, now, 8000*int64(ticks(p.codec)))
	}
	r.senderReport(&rtcp.SenderReport{SSRC: first.ssrc, NTPTime: 0xAAAA123456785555}, start)
	r.senderReport(&rtcp.SenderReport{SSRC: 99, NTPTime: 1 << 40}, start)
	got, ok := r.report(start.Add(1500 * time.Millisecond))
	if !ok || got.TotalLost != 4 || got.LastSequenceNumber != 0x10011 || got.FractionLost != 4*256/20 {
		t.Errorf("got %+v, want 4 of 20 lost up to 0x10011", got)
	}
	if got.Jitter < 4 || got.Jitter > 16 {
		t.Errorf("got jitter %d, want 4 to 16 for arrivals that alternate by 16", got.Jitter)
	}
	if got.LastSenderReport != 0x12345678 || got.Delay != 3*65536/2 {
		t.Errorf("got last sender report %#x, %d/65536 s ago, want 0x12345678, 1.5 s ago", got.LastSenderReport, got.Delay)
	}
	if got, _ = r.report(start.Add(5 * time.Second)); got.FractionLost != 0 || got.TotalLost != 4 {
		t.Errorf("got %+v, want no new loss", got)
	}
}

func TestPauseDoesNotCountAsJitter(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	var r sourceStats
	p := audioPacket(0xFFFFFF00, 160, 0)
	r.reset(&p)
	for range 100 {
		r.count(&p, now, 8000*int64(ticks(p.codec)))
		p.seq++
		p.ts += 160
		now = now.Add(20 * time.Millisecond)
	}
	p.ts += 1 << 30
	r.count(&p, now, 8000*int64(ticks(p.codec)))
	if r.jitter > 1 {
		t.Errorf("got jitter %.1f, want at most 1", r.jitter)
	}
}
