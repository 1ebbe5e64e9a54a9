package feed

import (
	"testing"
	"time"

	"timbre"
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
		encoding    timbre.Encoding
		rate        int
	}{
		{"native", startJSON(timbre.LinearPCM, 8000, "caller", "callee"), [][]byte{linear(pcm, pcm)}, true, timbre.LinearPCM, 8000},
		{"native16", startJSON(timbre.LinearPCM, 16000, "caller", "callee"), [][]byte{linear(voice(320, 1), voice(320, 2))}, true, timbre.LinearPCM, 16000},
		{"twilio", twilioStart(`["inbound","outbound"]`, `{}`), [][]byte{
			[]byte(mediaJSON(`"streamSid":"1"`, "inbound", 20, law)),
			[]byte(mediaJSON(`"streamSid":"1"`, "outbound", 20, law)),
		}, false, timbre.MuLaw, 8000},
	} {
		b.Run(c.name, func(b *testing.B) {
			d, err := detect([]byte(c.start))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := d.text([]byte(c.start)); err != nil {
				b.Fatal(err)
			}
			legs := map[string]*leg{}
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
							decoder, err := codec.NewRaw(c.encoding, c.rate)
							if err != nil {
								b.Fatal(err)
							}
							l = &leg{decoder: decoder, to: discard{}}
							legs[p.name] = l
						}
						p.at = time.Duration(i) * 20 * time.Millisecond
						if _, err := l.receive(p); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		})
	}
}
