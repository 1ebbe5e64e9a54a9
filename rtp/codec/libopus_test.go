//go:build libopus

package codec

import (
	"encoding/binary"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gopkg.in/hraban/opus.v2"
)

var write = flag.Bool("write", false, "write the Opus vectors in testdata anew")

// voice is a second of a demo call, stretched to 48 kHz; the steps in it fill the band above that of the telephone.
func voice(t *testing.T) []float32 {
	t.Helper()
	f, err := os.Open("../../cmd/timbre/demo/calls/s1_enrol_caller.wav")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	channels, err := ReadWAV(f)
	if err != nil {
		t.Fatal(err)
	}
	var pcm []float32
	for i, s := range channels[0][24000:32000] {
		for range 6 {
			pcm = append(pcm, float32(s)/32768+0.002*float32(math.Sin(float64(i*i%997))))
		}
	}
	return pcm
}

// encoded is speech of one channel or two as libopus encodes it, in frames of so many samples at 48 kHz.
func encoded(t *testing.T, pcm []float32, channels, frame int, app opus.Application, change func(*opus.Encoder)) (all [][]byte) {
	t.Helper()
	frame *= channels
	e, err := opus.NewEncoder(48000, channels, app)
	if err != nil {
		t.Fatal(err)
	}
	change(e)
	for ; len(pcm) >= frame; pcm = pcm[frame:] {
		b := make([]byte, 1500)
		n, err := e.EncodeFloat32(pcm[:frame], b)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b[:n])
	}
	return all
}

func streams(t *testing.T) map[string][][]byte {
	v := voice(t)
	all := map[string][][]byte{
		"silk":   encoded(t, v, 1, 1920, opus.AppVoIP, func(e *opus.Encoder) { e.SetBitrate(16000); e.SetMaxBandwidth(opus.Wideband) }),
		"hybrid": encoded(t, v, 1, 960, opus.AppVoIP, func(e *opus.Encoder) { e.SetBitrate(28000) }),
		"celt":   encoded(t, v, 1, 480, opus.AppRestrictedLowdelay, func(e *opus.Encoder) { e.SetBitrate(64000) }),
		"spare": encoded(t, v, 1, 960, opus.AppVoIP, func(e *opus.Encoder) {
			e.SetBitrate(24000)
			e.SetMaxBandwidth(opus.Wideband)
			e.SetInBandFEC(true)
			e.SetPacketLossPerc(20)
		}),
	}
	for i := 5; i < len(all["spare"])-1; i += 7 {
		all["spare"][i] = nil
	}
	return all
}

func TestVectorsMatchLibopus(t *testing.T) {
	for name, all := range streams(t) {
		if *write {
			var b []byte
			for _, p := range all {
				b = append(binary.BigEndian.AppendUint16(b, uint16(len(p))), p...)
			}
			var pcm []byte
			for _, s := range play(t, newCEngine(), all) {
				pcm = binary.LittleEndian.AppendUint16(pcm, uint16(s))
			}
			os.WriteFile("testdata/"+name+".opus", b, 0o644)
			os.WriteFile("testdata/"+name+".pcm", pcm, 0o644)
		}
		want, got := linearFile(t, "testdata/"+name+".pcm"), play(t, newCEngine(), packets(t, name))
		if dB := difference(want, got); dB < 60 {
			t.Errorf("%s: %.1f dB", name, dB)
		}
	}
}

// Both engines make the same of any stream of libopus: each mode, frame and bit rate, with pauses. What a lost packet does
// to those after it is up to an implementation: there, the Go decoder has to stay as near to the stream without a loss.
func TestGoDecoderMatchesLibopus(t *testing.T) {
	v := voice(t)
	var two []float32 // the second channel is the first a moment later, and half as loud
	for i, s := range v {
		two = append(two, s, v[max(0, i-300)]/2)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var near, nearC, lossy float64
	for round := range 300 {
		frame := []int{120, 240, 480, 960, 1920, 2880}[r.IntN(6)]
		app := []opus.Application{opus.AppVoIP, opus.AppAudio, opus.AppRestrictedLowdelay}[r.IntN(3)]
		rate := 8000 + r.IntN(88000)
		band := []opus.Bandwidth{opus.Narrowband, opus.Mediumband, opus.Wideband, opus.SuperWideband, opus.Fullband}[r.IntN(5)]
		spare, dtx := r.IntN(2) == 0, r.IntN(4) == 0
		pcm, channels := v, 1
		if r.IntN(4) == 0 {
			pcm, channels = two, 2
		}
		all := encoded(t, pcm, channels, frame, app, func(e *opus.Encoder) {
			e.SetBitrate(rate)
			e.SetMaxBandwidth(band)
			e.SetInBandFEC(spare)
			e.SetPacketLossPerc(10)
			e.SetDTX(dtx)
		})
		whole := play(t, newCEngine(), all)
		if dB := difference(whole, play(t, newGoEngine(), all)); dB < 60 {
			t.Errorf("round %d: %d channels, frames of %v ms, application %v, %d bit/s, band %v, spare copies %v, DTX %v: %.1f dB", round,
				channels, float64(frame)/48, app, rate, band, spare, dtx, dB)
		}
		for i := range all[:len(all)-1] {
			if r.Float64() < 0.05 {
				all[i] = nil
			}
		}
		c, g := play(t, newCEngine(), all), play(t, newGoEngine(), all)
		if len(c) != len(whole) || len(g) != len(whole) {
			t.Fatalf("round %d: %d and %d samples, want %d", round, len(c), len(g), len(whole))
		}
		nearC, near, lossy = nearC+difference(whole, c), near+difference(whole, g), lossy+1
	}
	t.Logf("with one packet in twenty lost, libopus is %.2f dB near, the Go decoder %.2f dB", nearC/lossy, near/lossy)
	if near < nearC-lossy {
		t.Error("the Go decoder gets over losses worse")
	}
}
