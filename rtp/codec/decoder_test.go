package codec

import (
	"os"
	"runtime"
	"slices"
	"testing"

	"timbre"
)

// spoken is a second or so of 20 ms payloads of each codec.
func spoken(t testing.TB) map[timbre.Codec][][]byte {
	t.Helper()
	g722, err := os.ReadFile("testdata/g722.bin")
	if err != nil {
		t.Fatal(err)
	}
	narrow := Halve(linearFile(t, "testdata/g722.pcm"))
	cut := func(b []byte) [][]byte { return slices.Collect(slices.Chunk(b, 160)) }
	return map[timbre.Codec][][]byte{
		timbre.PCMU: cut(ULaw.Encode(nil, narrow)), timbre.PCMA: cut(ALaw.Encode(nil, narrow)), timbre.G722: cut(g722),
		timbre.Opus: packets(t, "hybrid"),
	}
}

func TestDecodersReturnAllSamples(t *testing.T) {
	for name, payloads := range spoken(t) {
		d, err := NewDecoder(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		before := []int16{1, 2, 3}
		pcm := slices.Clone(before)
		for i, p := range payloads {
			if pcm, err = d.Decode(pcm, p); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if want := 3 + 160*(i+1); len(pcm) != want {
				t.Fatalf("%s: got %d samples after %d packets, want %d", name, len(pcm), i+1, want)
			}
		}
		if !slices.Equal(pcm[:3], before) || level(pcm) < 500 {
			t.Errorf("%s: got prefix %v and level %.0f, want %v and at least 500", name, pcm[:3], level(pcm), before)
		}
	}
}

func TestRecoverInventsNothing(t *testing.T) {
	for name, payloads := range spoken(t) {
		d, err := NewDecoder(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		pcm, err := d.Decode(nil, payloads[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, 7, 160, 1600} {
			for _, next := range [][]byte{nil, {}, payloads[1], {0xFF, 0xFF, 1}} {
				if got := d.Recover(pcm, n, next); !slices.Equal(got, pcm) {
					t.Errorf("%s: got %d samples for %d lost, want none", name, len(got)-len(pcm), n)
				}
			}
		}
	}
}

func TestResetForgetsPreviousSource(t *testing.T) {
	for name, payloads := range spoken(t) {
		d, err := NewDecoder(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		var first, second []int16
		for _, pcm := range []*[]int16{&first, &second} {
			for i, p := range payloads[:30] {
				if i == 20 {
					*pcm = d.Recover(*pcm, 160, p)
				}
				if *pcm, err = d.Decode(*pcm, p); err != nil {
					t.Fatal(err)
				}
			}
			d.Reset()
		}
		if !slices.Equal(first, second) {
			t.Errorf("%s: got other samples after Reset", name)
		}
	}
}

func TestEveryAudioCodecHasADecoder(t *testing.T) {
	for _, c := range timbre.Codecs() {
		t.Run(c.Name(), func(t *testing.T) {
			_, err := NewDecoder(c, nil)
			if audio := c.Kind() == timbre.AudioPayload; audio != (err == nil) || !audio && timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got error %v, want a decoder for audio (%t) and Invalid for anything else", err, audio)
			}
		})
	}
}

func TestSamplesOfUnknownCodecAreNone(t *testing.T) {
	for _, c := range []timbre.Codec{0, timbre.TelephoneEvent, timbre.ComfortNoise} {
		if got := Samples(c, make([]byte, 160)); got != 0 {
			t.Errorf("got %d samples of %q, want 0", got, c.Name())
		}
	}
}

func TestInvalidOpusIsRefused(t *testing.T) {
	d, err := NewDecoder(timbre.Opus, nil)
	if err != nil {
		t.Fatal(err)
	}
	good := packets(t, "silk")
	for _, bad := range [][]byte{nil, {}, {0xFF}, {0xFF, 0x3F}, {9<<3 | 1, 1}, {9<<3 | 2, 200, 1}, make([]byte, 2000)} {
		pcm, err := d.Decode([]int16{1}, bad)
		if err == nil || len(pcm) != 1 {
			t.Errorf("%d bytes: got %d samples, %v, want 1 and an error", len(bad), len(pcm), err)
		}
		if pcm, err = d.Decode(nil, good[5]); err != nil || len(pcm) != OpusSamples(good[5]) {
			t.Errorf("after %d invalid bytes: got %d samples, %v, want %d", len(bad), len(pcm), err, OpusSamples(good[5]))
		}
	}
}

func TestOpusDTXIsSilence(t *testing.T) {
	d, err := NewDecoder(timbre.Opus, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packets(t, "silk")[:10] {
		if _, err := d.Decode(nil, p); err != nil {
			t.Fatal(err)
		}
	}
	first := packets(t, "silk")[0][:1] // the first byte alone: a frame in which nothing is sent
	if pcm, err := d.Decode(nil, first); err != nil || len(pcm) != 320 || slices.ContainsFunc(pcm, func(s int16) bool { return s != 0 }) {
		t.Errorf("got %d samples, %v: %v, want 320 zeros", len(pcm), err, pcm)
	}
}

// FuzzOpus gives a decoder two packets with a loss between them: whatever they are, there is as much audio as they say, or none, and no more
// of what was lost than the second has a spare copy of. One decoder serves all executions, as making one takes longer than most of them.
func FuzzOpus(f *testing.F) {
	for name := range vectors {
		all := packets(f, name)
		for i := range 6 {
			f.Add(all[i], uint8(20*i), all[i+1])
		}
	}
	const most = 640 // samples: longer packets have more of the same frames
	d := newOpus()
	f.Fuzz(func(t *testing.T, first []byte, gap uint8, second []byte) {
		if OpusSamples(first)+OpusSamples(second) > most {
			return
		}
		d.Reset()
		for i, p := range [][]byte{first, second} {
			lost := i * int(gap)
			if pcm := d.Recover(nil, lost, p); len(pcm) > lost || len(pcm) > opusFECSamples(p) {
				t.Fatalf("got %d samples, want at most the %d lost or the copy", len(pcm), lost)
			}
			pcm, err := d.Decode(nil, p)
			if err != nil && len(pcm) != 0 || err == nil && len(pcm) != OpusSamples(p) {
				t.Fatalf("got %d samples, %v, want %d", len(pcm), err, OpusSamples(p))
			}
		}
	})
}

func BenchmarkDecode20ms(b *testing.B) {
	for name, payloads := range spoken(b) {
		b.Run(name.Name(), func(b *testing.B) {
			d, err := NewDecoder(name, nil)
			if err != nil {
				b.Fatal(err)
			}
			var pcm []int16
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if pcm, err = d.Decode(pcm[:0], payloads[i%len(payloads)]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What a decoder weighs after a second of audio.
func BenchmarkDecoderMemory(b *testing.B) {
	const n = 200
	for name, payloads := range spoken(b) {
		b.Run(name.Name(), func(b *testing.B) {
			for b.Loop() {
				before := heap()
				all := make([]Decoder, n)
				for i := range all {
					d, err := NewDecoder(name, nil)
					if err != nil {
						b.Fatal(err)
					}
					var pcm []int16
					for _, p := range payloads {
						if pcm, err = d.Decode(pcm[:0], p); err != nil {
							b.Fatal(err)
						}
					}
					all[i] = d
				}
				b.ReportMetric(float64(heap()-before)/n, "B/decoder")
				runtime.KeepAlive(all)
			}
		})
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
