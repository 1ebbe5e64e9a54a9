package codec

import "testing"

// The formulas of ITU-T G.711, tables 1 and 2, written as arithmetic: sign, segment, step.
func refULaw(c byte) int {
	c = ^c
	v := (int(c&0x0F)*2+33)<<(c>>4&7) - 33
	if c&0x80 != 0 {
		v = -v
	}
	return v * 4
}

func refALaw(c byte) int {
	c ^= 0x55
	seg, v := c>>4&7, int(c&0x0F)*2+1
	if seg > 0 {
		v = (v + 32) << (seg - 1)
	}
	if c&0x80 == 0 {
		v = -v
	}
	return v * 8
}

func TestDecodingFollowsG711(t *testing.T) {
	for c := range 256 {
		if got, want := int(ULaw.Decode(nil, []byte{byte(c)})[0]), refULaw(byte(c)); got != want {
			t.Errorf("µ-law %#02x: got %d, want %d", c, got, want)
		}
		if got, want := int(ALaw.Decode(nil, []byte{byte(c)})[0]), refALaw(byte(c)); got != want {
			t.Errorf("A-law %#02x: got %d, want %d", c, got, want)
		}
	}
}

func TestCodeWordsRoundTrip(t *testing.T) {
	for c := range 256 {
		for _, law := range []Law{ULaw, ALaw} {
			word := byte(c)
			back := law.Encode(nil, law.Decode(nil, []byte{word}))[0]
			if law == ULaw && word == 0x7F {
				word = 0xFF // µ-law has two zeros; linear PCM has one
			}
			if back != word {
				t.Errorf("%v: got %#02x, want %#02x", law, back, word)
			}
		}
	}
}

// The lower decision value of a positive code word, by the same tables: half a step below what the word sounds like.
func edgeULaw(seg, step int) int { return ((step*2+32)<<seg - 33) * 4 }

func edgeALaw(seg, step int) int {
	if seg == 0 {
		return step * 2 * 8
	}
	return (step*2 + 32) << (seg - 1) * 8
}

func TestEncodingFollowsTheDecisionValuesOfG711(t *testing.T) {
	for law, c := range map[Law]struct {
		edge func(seg, step int) int
		sign byte // the positive word of segment 0, step 0
		zero int  // where the negative words begin
	}{ULaw: {edgeULaw, 0xFF, 0}, ALaw: {edgeALaw, 0xD5, -1}} {
		word := 0
		for m := range 32768 {
			for word < 127 && m >= c.edge((word+1)>>4, (word+1)&15) {
				word++
			}
			positive := c.sign ^ byte(word)
			if got := law.Encode(nil, []int16{int16(m)})[0]; got != positive {
				t.Fatalf("%v of %d: got %#02x, want %#02x", law, m, got, positive)
			}
			if m == 0 && c.zero == 0 {
				continue // zero is positive
			}
			if got := law.Encode(nil, []int16{int16(c.zero - m)})[0]; got != positive^0x80 {
				t.Fatalf("%v of %d: got %#02x, want %#02x", law, c.zero-m, got, positive^0x80)
			}
		}
	}
	if ULaw.Encode(nil, []int16{-32768})[0] != 0x00 {
		t.Error("got another code word for -32768, want 0x00")
	}
}

func TestSilenceIsQuietestCodeWord(t *testing.T) {
	if s := ULaw.Decode(nil, []byte{ULaw.Silence()})[0]; s != 0 {
		t.Errorf("got µ-law silence %d, want 0", s)
	}
	if s := ALaw.Decode(nil, []byte{ALaw.Silence()})[0]; s != 8 {
		t.Errorf("got A-law silence %d, want 8", s)
	}
}

func abs(n int) int { return max(n, -n) }

func BenchmarkDecodePacket(b *testing.B) {
	payload, pcm := make([]byte, 160), make([]int16, 0, 160)
	b.ReportAllocs()
	for b.Loop() {
		pcm = ULaw.Decode(pcm[:0], payload)
	}
}
