package rtp

import (
	"math"
	"testing"
	"time"

	"github.com/gotranspile/g722"
	"github.com/pion/rtp"
	"github.com/thesyncim/gopus"

	"timbre"
	"timbre/rtp/codec"
)

// demoSpeech is seconds of speech of a demo call, from its tenth second.
func demoSpeech(t testing.TB, seconds int) []int16 {
	t.Helper()
	channels, err := codec.ReadWAVFile("../cmd/timbre/demo/calls/s1_enrol_caller.wav")
	if err != nil {
		t.Fatal(err)
	}
	return channels[0][10*timbre.SampleRate:][:seconds*timbre.SampleRate]
}

// payloadTypes are those that a speechEncoder sends.
var payloadTypes = map[timbre.Codec]uint8{timbre.PCMU: 0, timbre.PCMA: 8, timbre.G722: 9, timbre.Opus: 96}

// allPayloads are they as they are negotiated.
func allPayloads() map[uint8]timbre.Codec {
	all := map[uint8]timbre.Codec{}
	for c, pt := range payloadTypes {
		all[pt] = c
	}
	return all
}

// speechEncoder encodes speech into RTP packets.
type speechEncoder struct {
	t      testing.TB
	header rtp.Header
	wide   *g722.Encoder
	opus   *gopus.Encoder
}

func newSpeechEncoder(t testing.TB, ssrc uint32) *speechEncoder {
	t.Helper()
	opus, err := gopus.NewEncoder(gopus.EncoderConfig{SampleRate: 2 * timbre.SampleRate, Channels: 1, Application: gopus.ApplicationVoIP})
	if err != nil {
		t.Fatal(err)
	}
	if err := opus.SetBitrate(32000); err != nil {
		t.Fatal(err)
	}
	return &speechEncoder{
		t: t, header: rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: 0xFFF0, Timestamp: 0xFFFFF000},
		wide: g722.NewEncoder(g722.Rate64000, 0), opus: opus,
	}
}

// packets encodes speech with a codec, in packets of the given lengths in turn, in samples at 8 kHz.
func (k *speechEncoder) packets(pcm []int16, c timbre.Codec, lengths ...int) (packets []rtp.Packet) {
	k.t.Helper()
	for i := 0; len(pcm) >= lengths[i%len(lengths)]; i++ {
		n := lengths[i%len(lengths)]
		h := k.header
		h.PayloadType = payloadTypes[c]
		packets = append(packets, rtp.Packet{Header: h, Payload: k.encode(pcm[:n], c)})
		k.header.SequenceNumber++
		k.header.Timestamp += uint32(n * ticks(c))
		pcm = pcm[n:]
	}
	return packets
}

func (k *speechEncoder) encode(pcm []int16, c timbre.Codec) []byte {
	k.t.Helper()
	switch c {
	case timbre.PCMU:
		return codec.ULaw.Encode(nil, pcm)
	case timbre.PCMA:
		return codec.ALaw.Encode(nil, pcm)
	case timbre.G722:
		b := make([]byte, len(pcm))
		return b[:k.wide.Encode(b, doubleRate(pcm))]
	}
	b := make([]byte, 1500)
	if err := k.opus.SetFrameSize(2 * len(pcm)); err != nil {
		k.t.Fatal(err)
	}
	n, err := k.opus.EncodeInt16(doubleRate(pcm), b)
	if err != nil {
		k.t.Fatal(err)
	}
	return b[:n]
}

// doubleRate is audio at twice the sample rate, by linear interpolation.
func doubleRate(pcm []int16) []int16 {
	out := make([]int16, 0, 2*len(pcm))
	for i, s := range pcm {
		next := s
		if i+1 < len(pcm) {
			next = pcm[i+1]
		}
		out = append(out, s, int16((int(s)+int(next))/2))
	}
	return out
}

// timeRecorder is a listener that records frames at their media time.
type timeRecorder struct {
	pcm []int16
	n   int // samples recorded
}

func (p *timeRecorder) Frame(f timbre.Frame) {
	at := int(f.At / sample)
	for len(p.pcm) < at {
		p.pcm = append(p.pcm, 0)
	}
	p.pcm = append(p.pcm[:at], f.PCM...)
	p.n += len(f.PCM)
}

// samples is how much audio was recorded.
func (p *timeRecorder) samples() time.Duration { return time.Duration(p.n) * sample }

// length is the media time of its end.
func (p *timeRecorder) length() time.Duration { return time.Duration(len(p.pcm)) * sample }

// correlation is the highest normalised cross-correlation of two recordings, and the delay of the second one in samples at which
// it occurs.
func correlation(sent, received []int16) (best float64, late int) {
	for lag := -40; lag <= 240; lag++ {
		var both, one, other float64
		for i := max(0, -lag); i < min(len(sent), len(received)-lag); i++ {
			a, b := float64(sent[i]), float64(received[i+lag])
			both, one, other = both+a*b, one+a*a, other+b*b
		}
		if r := both / math.Sqrt(one*other+1); r > best {
			best, late = r, lag
		}
	}
	return best, late
}

// audio is the length of the audio in packets.
func audio(packets ...rtp.Packet) (n time.Duration) {
	for _, p := range packets {
		for c, pt := range payloadTypes {
			if pt == p.PayloadType {
				n += time.Duration(codec.Samples(c, p.Payload)) * sample
			}
		}
	}
	return n
}
