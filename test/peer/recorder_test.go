package peer

import (
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/rtp/codec"
)

// recorder stores the audio of a tap on a leg, each sample at its media time.
type recorder struct {
	mu       sync.Mutex
	pcm      []int16
	received int // samples; fewer than in pcm if media time jumped
	ended    bool
}

func (r *recorder) Frame(f timbre.Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := int(f.At * timbre.SampleRate / time.Second)
	if short := at - len(r.pcm); short > 0 && short < 60*timbre.SampleRate {
		r.pcm = append(r.pcm, make([]int16, short)...)
	}
	r.pcm = append(r.pcm, f.PCM...)
	r.received += len(f.PCM)
}

func (r *recorder) End() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ended = true
}

// audio returns the audio received so far, and its samples.
func (r *recorder) audio() ([]int16, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.pcm), r.received
}

// listen taps a leg of a call.
func (h deployment) listen(t *testing.T, transaction string, leg int) *recorder {
	t.Helper()
	r := &recorder{}
	_, err := h.Tap(transaction, leg, r)
	must(t, err)
	return r
}

// until waits for an amount of audio.
func (r *recorder) until(ctx context.Context, t *testing.T, much time.Duration) {
	t.Helper()
	wait(ctx, t, "audio", func() bool { _, n := r.audio(); return n >= int(much*timbre.SampleRate/time.Second) })
}

// assertSimilar fails the test if the similarity of the received and the sent audio is below a limit.
func (r *recorder) assertSimilar(t *testing.T, sent []int16, least float64) {
	t.Helper()
	received, n := r.audio()
	if got := similarity(sent, received); got < least {
		t.Errorf("got similarity %.3f of %d received samples, want at least %.3f", got, n, least)
	}
}

// similarity is the highest correlation, at any delay, of the loudest window of the sent audio with the received audio: 1 if they
// are equal. A codec's delay is not a whole number of samples, which lowers it.
func similarity(sent, received []int16) (best float64) {
	const window = 6000
	if len(sent) < window || len(received) < window {
		return 0
	}
	at := loudestWindow(sent, window)
	piece := sent[at : at+window]
	own := energy(piece)
	for lag := 0; lag+window <= len(received); lag += 4 { // every half millisecond, then each sample around the best
		best = max(best, correlation(piece, received[lag:lag+window], own))
	}
	for lag := 0; best > 0.3 && lag+window <= len(received); lag++ {
		if c := correlation(piece[:800], received[lag:lag+800], energy(piece[:800])); c > 0.7 {
			best = max(best, correlation(piece, received[lag:lag+window], own))
		}
	}
	return best
}

func loudestWindow(pcm []int16, window int) (at int) {
	most := -1.0
	for i := 0; i+window <= len(pcm); i += 800 {
		if e := energy(pcm[i : i+window]); e > most {
			at, most = i, e
		}
	}
	return at
}

func energy(pcm []int16) (sum float64) {
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return sum
}

func correlation(a, b []int16, own float64) float64 {
	sum, other := 0.0, 0.0
	for i, s := range a {
		sum += float64(s) * float64(b[i])
		other += float64(b[i]) * float64(b[i])
	}
	if own == 0 || other == 0 {
		return 0
	}
	return sum / math.Sqrt(own*other)
}

// speech returns the loudest window of a length of a demo leg.
func speech(t *testing.T, name string, much time.Duration) []int16 {
	t.Helper()
	channels, err := codec.ReadWAVFile(filepath.Join("..", "..", "cmd", "timbre", "demo", "calls", name+".wav"))
	must(t, err)
	n := int(much * timbre.SampleRate / time.Second)
	at := loudestWindow(channels[0], n)
	return channels[0][at : at+n]
}

// wav writes a WAV file of 16-bit PCM at 8 kHz.
func wav(t *testing.T, file string, pcm []int16) {
	t.Helper()
	b := append([]byte("RIFF"), le(4, 36+2*len(pcm))...)
	b = append(b, "WAVEfmt "...)
	for _, field := range [][2]int{{4, 16}, {2, 1}, {2, 1}, {4, timbre.SampleRate}, {4, 2 * timbre.SampleRate}, {2, 2}, {2, 16}} {
		b = append(b, le(field[0], field[1])...)
	}
	b = append(append(b, "data"...), le(4, 2*len(pcm))...)
	for _, s := range pcm {
		b = append(b, le(2, int(s))...)
	}
	must(t, os.WriteFile(file, b, 0o600))
}

func le(bytes, n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n))[:bytes] }
