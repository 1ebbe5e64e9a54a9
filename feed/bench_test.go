package feed

import (
	"testing"
	"time"

	"timbre"
	"timbre/rtp/codec"
)

type deaf struct{}

func (deaf) Frame(timbre.Frame) {}

// BenchmarkMessage is 20 ms of a call of two legs, from the message to the frames.
func BenchmarkMessage(b *testing.B) {
	pcm := voice(160, 1)
	law := codec.ULaw.Encode(nil, pcm)
	for _, c := range []struct {
		name, start string
		messages    [][]byte
		binary      bool
		encoding    string
		rate        int
	}{
		{"plain", started(Linear, 8000, "caller", "callee"), [][]byte{linear(pcm, pcm)}, true, Linear, 8000},
		{"plain16", started(Linear, 16000, "caller", "callee"), [][]byte{linear(voice(320, 1), voice(320, 2))}, true, Linear, 16000},
		{"twilio", twilioStart(`["inbound","outbound"]`, `{}`), [][]byte{
			[]byte(mediaMessage(`"streamSid":"1"`, "inbound", 20, law)),
			[]byte(mediaMessage(`"streamSid":"1"`, "outbound", 20, law)),
		}, false, ULaw, 8000},
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
							l = &leg{decoder: decoder, to: deaf{}}
							legs[p.name] = l
						}
						p.at = time.Duration(i) * 20 * time.Millisecond
						if _, err := l.hear(p); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
		})
	}
}
