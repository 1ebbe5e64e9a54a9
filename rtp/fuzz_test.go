package rtp

import (
	"encoding/binary"
	"testing"
	"time"

	"timbre/environment"

	"timbre"
)

// FuzzDatagrams passes arbitrary bytes to a stream, cut into datagrams by length bytes. Media time must not go back or overlap,
// frames must have 20 ms at most, and nothing may panic. A stream with keys must deliver nothing.
func FuzzDatagrams(f *testing.F) {
	cut := func(packets ...[]byte) (b []byte) {
		for _, p := range packets {
			b = append(append(b, byte(len(p))), p...)
		}
		return b
	}
	header := func(pt byte, seq uint16, ts, ssrc uint32) []byte {
		b := binary.BigEndian.AppendUint16([]byte{0x80, pt}, seq)
		b = binary.BigEndian.AppendUint32(b, ts)
		return append(binary.BigEndian.AppendUint32(b, ssrc), make([]byte, 80)...)
	}
	f.Add(cut(header(0, 1, 0, 1), header(0, 3, 160, 1), header(0, 2, 80, 1)))
	f.Add(cut(header(8, 65535, 0xFFFFFFF0, 1), header(8, 0, 64, 1), header(8, 40000, 64, 1), header(8, 40001, 64, 2)))
	f.Add(cut(header(13, 1, 0, 1), header(0, 2, 1<<31, 1), []byte{0x80, 200, 0, 6}, header(99, 3, 9, 1)))
	f.Add(cut([]byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 44, 1}, append([]byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 44, 1}, make([]byte, 60)...), []byte{128, 201, 0, 1, 0, 0, 0, 1}))
	f.Add(cut(header(96, 1, 0, 1), header(96, 3, 960, 1), header(96, 4, 1440, 1), header(9, 5, 1440, 1), header(96, 6, 0, 2)))
	f.Add(cut([]byte{0xB0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xBE, 0xDE, 0, 1, 0x10, 1, 0, 0, 5, 3}))
	p, err := New(environment.Environment{Now: func() time.Time { return time.UnixMilli(1) }, Steady: func() time.Time { return time.UnixMilli(1) }}, Config{First: 24000, Last: 24001})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		e := &recorder{}
		from := addr("10.0.0.1:4000")
		payloads := allPayloads()
		payloads[13] = timbre.ComfortNoise
		s := p.stream(timbre.Media{Remote: from, Payloads: payloads}, e)
		silent := &recorder{}
		locked := p.stream(timbre.Media{Remote: from, Keys: testKeys(t, allSuites[len(b)%len(allSuites)], 1)}, silent)
		if err := locked.applyKeys(); err != nil {
			t.Fatal(err)
		}
		for len(b) > 0 {
			n := min(int(b[0]), len(b)-1)
			s.take(b[1:1+n], from)
			locked.take(b[1:1+n], from)
			b = b[1+n:]
		}
		if locked.flush(); len(silent.at) > 0 || locked.latch.fixed.IsValid() {
			t.Fatal("got a packet without the key accepted")
		}
		s.flush()
		s.source.report(time.UnixMilli(2))
		end := time.Duration(0)
		for i, at := range e.at {
			if at < end || e.len[i] == 0 || e.len[i] > 160 {
				t.Fatalf("got frame %d of %d samples at %v, the one before ended at %v", i, e.len[i], at, end)
			}
			end = at + time.Duration(e.len[i])*sample
		}
		if s.buffer.count != 0 || s.buffer.size != 0 {
			t.Fatalf("got %d packets held, want none", s.buffer.count)
		}
	})
}
