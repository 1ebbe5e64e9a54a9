package feed

import (
	"testing"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/rtp/codec"
)

type discard struct{}

func (discard) Frame(timbre.Frame) {}

// BenchmarkMessage is 20 ms of a call of two legs, from the message to the frames.
func BenchmarkMessage(b *testing.B) {
	pcm := voice(160, 1)
	law := codec.ULaw.Encode(nil, pcm)
	for _, c := range []struct {
		name, start string
		messages    [][]byte
		binary      bool
		codec       timbre.Codec
	}{
		{"native", startJSON("pcm_s16le", 8000, "caller", "callee"), [][]byte{linear(pcm, pcm)}, true, timbre.LinearPCM},
		{"native16", startJSON("pcm_s16le", 16000, "caller", "callee"), [][]byte{linear(voice(320, 1), voice(320, 2))}, true, timbre.WideLinearPCM},
		{"twilio", twilioStart(`["inbound","outbound"]`, `{}`), [][]byte{
			[]byte(mediaJSON(`"streamSid":"1"`, "inbound", 20, law)),
			[]byte(mediaJSON(`"streamSid":"1"`, "outbound", 20, law)),
		}, false, timbre.PCMU},
	} {
		b.Run(c.name, func(b *testing.B) {
			k, err := detect([]byte(c.start))
			if err != nil {
				b.Fatal(err)
			}
			d := k.open()
			if _, err := d.text([]byte(c.start)); err != nil {
				b.Fatal(err)
			}
			tracks, legs := newTracks(b, environment.Environment{}), map[string]timbre.Track{}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				for _, m := range c.messages {
					read := d.text
					if c.binary {
						read = d.binary
					}
					what, err := read(m)
					if err != nil {
						b.Fatal(err)
					}
					for _, p := range what.(audio) {
						l := legs[p.name]
						if l == nil {
							l = tracks.Track(c.codec, discard{})
							legs[p.name] = l
						}
						p.At = time.Duration(i) * 20 * time.Millisecond
						p.Number = uint16(i)
						if _, heard := l.Add(p.Piece); !heard {
							b.Fatal("got audio that is not heard")
						}
					}
				}
			}
		})
	}
}
