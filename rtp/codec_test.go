package rtp

import (
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"timbre"
	"timbre/environment"
	"timbre/rtp/impair"
)

// lengths are packet lengths of 10 to 60 ms, for Opus from 2.5 ms, in samples.
func lengths(c timbre.Codec) []int {
	if c == timbre.Opus {
		return []int{160, 480, 20, 20, 40, 40, 80, 160, 320, 160}
	}
	return []int{160, 80, 240, 320, 480, 160}
}

// carry sends packets to a stream through a network, and returns what is decoded.
func carry(t *testing.T, p *Pool, packets []rtp.Packet, n impair.Network) (*timeRecorder, Stats, impair.Tally) {
	t.Helper()
	to := &timeRecorder{}
	s, err := p.open(timbre.Media{Local: loopback, Source: loopback, Payloads: allPayloads(), LatchAny: true}, to)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	proxy, err := impair.Open(netip.AddrPortFrom(loopback, uint16(s.Port())), n)
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	from := newSender(t)
	defer from.Close()
	from.to = proxy.Addr()
	for i, packet := range packets {
		from.packet(packet)
		if i%16 == 15 || i == len(packets)-1 {
			proxy.Wait(i + 1)
			if i == len(packets)-1 {
				proxy.Flush()
			}
			for s.Stats().Packets < uint64(proxy.Tally().Delivered) {
				runtime.Gosched()
			}
		}
	}
	s.Close()
	return to, s.Stats(), proxy.Tally()
}

const stretch = 2 * timbre.SampleRate // of speech compared at a time

// Decoded audio has the length of what was sent, and each stretch has the same correlation and delay as the one before. How high
// the correlation is, without and with losses of one packet in twenty, depends on the codec: Opus at 32 kbit/s does not preserve
// the waveform, and changes its mode with the length of packets.
func TestDecodedSpeechResemblesWhatWasSent(t *testing.T) {
	eachWay(t, decodedSpeechResemblesWhatWasSent)
}

func decodedSpeechResemblesWhatWasSent(t *testing.T, adopt adopter) {
	p, sent := pool(t, 50), demoSpeech(t, 6)
	p.adopt = adopt
	hasten(p)
	for _, c := range []struct {
		codec             timbre.Codec
		whole, lossy      float64
		earliest, longest int // samples
	}{{timbre.PCMU, 0.999, 0.95, 0, 0}, {timbre.PCMA, 0.999, 0.95, 0, 0}, {timbre.G722, 0.99, 0.92, 20, 30}, {timbre.Opus, 0.9, 0.8, 60, 72}} {
		packets := newSpeechEncoder(t, 7).packets(sent, c.codec, lengths(c.codec)...)
		for name, network := range map[string]impair.Network{
			"good":       {},
			"reordering": {Reorder: 0.4, Delay: 3, Intact: 1, Seed: 1},
			"duplicates": {Duplicate: 0.2, Reorder: 0.1, Delay: 3, Intact: 1, Seed: 2},
			"loss":       {Loss: 0.05, Intact: 3, Seed: 3},
			"bursts":     {Loss: 0.05, Burst: 2.5, Intact: 3, Seed: 4},
			"all of it":  {Loss: 0.05, Burst: 1.5, Duplicate: 0.05, Reorder: 0.3, Delay: 3, Intact: 3, Seed: 5},
		} {
			decoded, stats, tally := carry(t, p, packets, network)
			want, lost := audio(packets...), time.Duration(0)
			for _, i := range tally.Lost {
				lost += audio(packets[i])
			}
			if decoded.length() != want || decoded.samples() != want-lost+stats.Recovered || stats.Filled != 0 {
				t.Errorf("%s, %s: got %v up to %v of %v with %v lost: %+v", c.codec.Name(), name, decoded.samples(), decoded.length(), want, lost, stats)
			}
			if stats.Lost != uint64(len(tally.Lost)) || stats.Duplicates != uint64(tally.Duplicated) || stats.Late+stats.Jumps+stats.Rebased != 0 {
				t.Errorf("%s, %s: got %+v, want the losses and duplicates of %+v", c.codec.Name(), name, stats, tally)
			}
			least := c.whole
			if network.Loss > 0 {
				least = c.lossy
			}
			for i := 0; i+stretch <= len(sent); i += stretch {
				if alike, late := correlation(sent[i:i+stretch], decoded.pcm[i:]); alike < least || late < c.earliest || late > c.longest {
					t.Errorf("%s, %s: got correlation %.3f and delay %d from %d s on, want %.3f and %d to %d", c.codec.Name(), name, alike, late, i/timbre.SampleRate, least, c.earliest, c.longest)
				}
			}
		}
	}
}

// Two legs carry the same speech through different packet lengths, codecs and networks: they stay aligned within 20 ms.
func TestLegsOfDifferentCodecsStayAligned(t *testing.T) {
	eachWay(t, legsOfDifferentCodecsStayAligned)
}

func legsOfDifferentCodecsStayAligned(t *testing.T, adopt adopter) {
	p, sent := pool(t, 50), demoSpeech(t, 10)
	p.adopt = adopt
	hasten(p)
	late := [2][]int{}
	for leg, c := range []struct {
		codec   timbre.Codec
		lengths []int
		impair.Network
	}{
		{timbre.PCMA, []int{80}, impair.Network{Reorder: 0.5, Delay: 10, Intact: 1, Seed: 1}},
		{timbre.Opus, []int{480, 160, 20, 320}, impair.Network{Loss: 0.05, Burst: 1.5, Reorder: 0.3, Delay: 3, Intact: 3, Seed: 2}},
	} {
		decoded, _, _ := carry(t, p, newSpeechEncoder(t, 7).packets(sent, c.codec, c.lengths...), c.Network)
		for i := 0; i+stretch <= len(sent); i += stretch {
			_, n := correlation(sent[i:i+stretch], decoded.pcm[i:])
			late[leg] = append(late[leg], n)
		}
	}
	for i := range late[0] {
		if d := late[1][i] - late[0][i]; max(d, -d) > timbre.FrameSamples {
			t.Errorf("got the legs %d samples apart from %d s on, want at most %d", d, i*stretch/timbre.SampleRate, timbre.FrameSamples)
		}
	}
}

// direct passes packets to a stream without a socket, each at the time it ends by a clock that may drift.
func direct(t *testing.T, packets []rtp.Packet, off float64) (*timeRecorder, Stats) {
	t.Helper()
	now := time.UnixMilli(1_700_000_000_000)
	p, err := New(environment.Environment{Now: func() time.Time { return now }, Steady: func() time.Time { return now }}, Config{First: 24000, Last: 24001})
	if err != nil {
		t.Fatal(err)
	}
	from, to := addr("10.0.0.1:4000"), &timeRecorder{}
	s := p.stream(timbre.Media{Remote: from, Payloads: allPayloads()}, to)
	for _, packet := range packets {
		b, err := packet.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Duration(float64(audio(packet)) * (1 + off)))
		s.take(b, from)
	}
	s.flush()
	return to, s.Stats()
}

// The sender's clock is off by a ten-thousandth for twenty minutes: the one it sends by, or the one its timestamps count. Lost packets
// leave gaps of their length.
func TestSenderClockDriftAddsAndLosesNoAudio(t *testing.T) {
	const n, every = 60_000, 1000 // packets of 20 ms, one lost of so many
	for _, off := range []float64{-1e-4, 1e-4} {
		for _, c := range []timbre.Codec{timbre.PCMU, timbre.Opus} {
			payload := newSpeechEncoder(t, 7).packets(make([]int16, 160), c, 160)[0].Payload
			if c == timbre.Opus {
				payload = payload[:1] // the cheapest to decode
			}
			for name, written := range map[string]float64{"sent": 0, "written": off} {
				packets := make([]rtp.Packet, 0, n)
				for i := range n {
					if i%every == every/2 {
						continue
					}
					packets = append(packets, rtp.Packet{Payload: payload, Header: rtp.Header{
						Version: 2, PayloadType: payloadTypes[c], SSRC: 7,
						SequenceNumber: uint16(i), Timestamp: uint32(float64(i*160*ticks(c)) * (1 + written)),
					}})
				}
				decoded, stats := direct(t, packets, off)
				const slop = n / every * sample // timestamps give the length of each loss to a sample
				if d := decoded.length() - n*timbre.FrameDuration; max(d, -d) > slop || decoded.samples() != (n-n/every)*timbre.FrameDuration {
					t.Errorf("%s, %s %+.4f off: got %v up to %v", c.Name(), name, off, decoded.samples(), decoded.length())
				}
				if stats.Lost != n/every || stats.Codec != c || stats.Filled != 0 || stats.Jumps+stats.Rebased != 0 {
					t.Errorf("%s, %s %+.4f off: got %+v, want %d lost", c.Name(), name, off, stats, n/every)
				}
			}
		}
	}
}

// The sender changes its codec in the middle of a word. The timestamps of Opus have another clock rate.
func TestCodecChangesMidStream(t *testing.T) {
	sent := demoSpeech(t, 8)
	k := newSpeechEncoder(t, 7)
	var packets []rtp.Packet
	for i, c := range []timbre.Codec{timbre.PCMU, timbre.G722, timbre.Opus, timbre.PCMA, timbre.Opus, timbre.G722, timbre.PCMU, timbre.Opus} {
		packets = append(packets, k.packets(sent[i*timbre.SampleRate:][:timbre.SampleRate], c, 160, 320, 160, 160)...)
		if c == timbre.Opus {
			k.header.Timestamp += 0x12345678
		}
	}
	decoded, stats := direct(t, packets, 0)
	if decoded.length() != 8*time.Second || decoded.samples() != 8*time.Second || stats.Filled != 0 || stats.Jumps != 0 || stats.Codec != timbre.Opus {
		t.Errorf("got %v up to %v, want 8 s without gaps: %+v", decoded.samples(), decoded.length(), stats)
	}
	const edge = timbre.SampleRate / 10
	for i := 0; i < len(sent); i += timbre.SampleRate {
		part := sent[i+edge : i+timbre.SampleRate-edge]
		if alike, late := correlation(part, decoded.pcm[i+edge:]); alike < 0.9 || late > 80 {
			t.Errorf("got correlation %.3f and delay %d from %d s on, want 0.9 and 80", alike, late, i/timbre.SampleRate)
		}
	}
}

// With DTX an Opus sender sends almost nothing in silence. What follows has its media time, and the gap is silence.
func TestOpusDTXKeepsMediaTime(t *testing.T) {
	k := newSpeechEncoder(t, 7)
	k.opus.SetDTX(true)
	sent := slices.Concat(demoSpeech(t, 2), make([]int16, 4*timbre.SampleRate), demoSpeech(t, 2))
	var packets []rtp.Packet
	for _, p := range k.packets(sent, timbre.Opus, 160) {
		if len(p.Payload) > 1 { // DTX: an empty frame is not sent
			p.SequenceNumber = uint16(len(packets))
			packets = append(packets, p)
		}
	}
	if len(packets) > 300 {
		t.Fatalf("got %d of 400 packets sent, want at most 300", len(packets))
	}
	decoded, stats := direct(t, packets, 0)
	if decoded.length() != 8*time.Second || stats.Lost != 0 {
		t.Errorf("got audio up to %v, want 8 s and no loss: %+v", decoded.length(), stats)
	}
	for _, from := range []int{0, 6 * timbre.SampleRate} {
		if alike, late := correlation(sent[from:from+stretch], decoded.pcm[from:]); alike < 0.9 || late > 80 {
			t.Errorf("got correlation %.3f and delay %d from %d s on, want 0.9 and 80", alike, late, from/timbre.SampleRate)
		}
	}
	for i, s := range decoded.pcm[3*timbre.SampleRate : 6*timbre.SampleRate] {
		if max(s, -s) > 100 {
			t.Fatalf("got sample %d of the silence %d, want at most 100", i, s)
		}
	}
}

// An Opus packet may carry a copy of the one before it (FEC), which is decoded where that one is lost.
func TestOpusFECRecoversLostPackets(t *testing.T) {
	sent := demoSpeech(t, 6)
	alike := map[bool]float64{}
	for _, spare := range []bool{false, true} {
		k := newSpeechEncoder(t, 7)
		k.opus.SetFEC(spare)
		if err := k.opus.SetPacketLoss(20); err != nil {
			t.Fatal(err)
		}
		packets := k.packets(sent, timbre.Opus, 160)
		var kept []rtp.Packet
		for i, p := range packets {
			if i%4 != 2 || i == len(packets)-1 {
				kept = append(kept, p)
			}
		}
		decoded, stats := direct(t, kept, 0)
		if decoded.length() != 6*time.Second || (stats.Recovered > 0) != spare || decoded.samples() != 6*time.Second-time.Duration(stats.Lost)*timbre.FrameDuration+stats.Recovered {
			t.Errorf("got audio up to %v, recovery wanted %t: %+v", decoded.length(), spare, stats)
		}
		alike[spare], _ = correlation(sent, decoded.pcm)
	}
	if alike[true] < alike[false]+0.05 {
		t.Errorf("got correlation %.3f with FEC and %.3f without, want 0.05 more", alike[true], alike[false])
	}
}

func TestUndecodablePacketsAreLeftOut(t *testing.T) {
	packets := newSpeechEncoder(t, 7).packets(demoSpeech(t, 1), timbre.Opus, 160)
	for i := 10; i < 20; i++ {
		packets[i].Payload = []byte{9<<3 | 3, 0x41, 200} // more padding than the packet has
	}
	decoded, stats := direct(t, packets, 0)
	if stats.Dropped[Undecodable] != 10 || stats.Lost != 0 {
		t.Errorf("got %+v, want 10 undecodable and none lost", stats)
	}
	if decoded.length() != time.Second || decoded.samples() != 800*time.Millisecond {
		t.Errorf("got %v up to %v, want 800ms up to 1s", decoded.samples(), decoded.length())
	}
}
