package feed

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"testing"

	"timbre"
	"timbre/rtp/codec"
)

// tone is a tone of 440 Hz at a rate, in pieces of 20 ms.
func tone(pieces, rate int) []int16 {
	pcm := make([]int16, pieces*rate/50)
	for i := range pcm {
		pcm[i] = int16(9000 * math.Sin(2*math.Pi*440*float64(i)/float64(rate)))
	}
	return pcm
}

// bytesOf are samples in an order.
func bytesOf(pcm []int16, order binary.AppendByteOrder) (b []byte) {
	for _, s := range pcm {
		b = order.AppendUint16(b, uint16(s))
	}
	return b
}

// The audio of each codec is that which its decoder for RTP makes of it.
func TestTelnyxStreamsTheCodecOfTheCall(t *testing.T) {
	const pieces = 25
	decoded := func(c timbre.Codec, payloads [][]byte) (pcm []int16) {
		d, err := codec.NewDecoder(c, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range payloads {
			if pcm, err = d.Decode(pcm, p); err != nil {
				t.Fatal(err)
			}
		}
		return pcm
	}
	cut := func(b []byte) [][]byte { return slices.Collect(slices.Chunk(b, len(b)/pieces)) }
	narrow, wide := tone(pieces, 8000), tone(pieces, 16000)
	g722 := cut(codec.ULaw.Encode(nil, narrow)) // any bytes are G.722
	opus := slices.Repeat([][]byte{{0xF8, 0xFF, 0xFE}}, pieces)
	for _, c := range []struct {
		name, encoding string
		rate           int
		payloads       [][]byte
		want           []int16
	}{
		{"G.722", "G722", 8000, g722, decoded(timbre.G722, g722)},
		{"G.722, at the rate of its audio", "G722", 16000, g722, decoded(timbre.G722, g722)},
		{"Opus", "OPUS", 16000, opus, decoded(timbre.Opus, opus)},
		{"L16, big-endian", "L16", 8000, cut(bytesOf(narrow, binary.BigEndian)), narrow},
		{"L16, little-endian", "L16", 8000, cut(bytesOf(narrow, binary.LittleEndian)), narrow},
		{"L16 at 16 kHz", "L16", 16000, cut(bytesOf(wide, binary.LittleEndian)), decoded(timbre.WideLinearPCM, [][]byte{bytesOf(wide, binary.LittleEndian)})},
	} {
		t.Run(c.name, func(t *testing.T) {
			messages := []string{telnyxConnected, fmt.Sprintf(
				`{"event":"start","stream_id":"s-1","start":{"call_control_id":"v3:1","media_format":{"encoding":%q,"sample_rate":%d,"channels":1}}}`, c.encoding, c.rate)}
			for i, p := range c.payloads {
				messages = append(messages, fmt.Sprintf(`{"event":"media","stream_id":"s-1","media":{"track":"inbound","chunk":"%d","timestamp":"%d","payload":%q}}`,
					i+1, 20*i, base64.StdEncoding.EncodeToString(p)))
			}
			b := start(t, Config{}, oneConnector())
			b.run("/feed/here", append(messages, `{"event":"stop","stream_id":"s-1"}`)...)
			checkLeg(t, b.legs[0], "inbound", timbre.Caller, c.want)
		})
	}
}
