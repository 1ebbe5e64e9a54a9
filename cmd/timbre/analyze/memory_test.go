package analyze

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/tone"
)

// everything is a VAD for which all audio is voice.
type everything struct{}

func (everything) Step(context.Context, []float32, []float32) (float32, error) { return 1, nil }

func (everything) Steps(_ context.Context, windows [][]float32, _ []float32) ([]float32, error) {
	return slices.Repeat([]float32{1}, len(windows)), nil
}

// heap scores nothing: it looks at each look how much memory is in use.
type heap struct {
	mu   sync.Mutex
	most uint64
}

func (h *heap) Score(context.Context, int, []float32, *timbre.Past) (timbre.Tone, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.most = max(h.most, inUse())
	return timbre.Tone{Neutral: 1}, nil
}

func (h *heap) Calibration() tone.Calibration { return tone.Calibration{} }

// inUse is the memory that is reachable, in bytes.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// hum is audio without silence.
func hum(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i * 7 % 251)
	}
	return data
}

// A recording is analysed while it is read: eight times the length takes no more memory, but for the tones that the report lists.
func TestMemoryDoesNotGrowWithTheLength(t *testing.T) {
	const minute = 60 * timbre.SampleRate
	growth := func(minutes int) int {
		file := wav(t, "call.wav", 7, 2, 8, 8000, hum(2*minutes*minute))
		h, before := &heap{}, inUse()
		r := files(t, Analysis{VAD: everything{}, Scores: h, Now: time.Now}, file)
		if got := r.Files[0].Legs[1].NetSpeech; got < float64(59*minutes) {
			t.Fatalf("got %v s of speech in %d minutes, want nearly all", got, minutes)
		}
		if h.most == 0 {
			t.Fatal("got no look at the tone, and so at the memory")
		}
		return int(h.most) - int(before)
	}
	short, long := growth(1), growth(8)
	if most := short + 1<<20; long > most {
		t.Errorf("got %d KB in use for 8 minutes and %d KB for 1, want at most 1 MB more: the samples have 15 MB", long>>10, short>>10)
	}
}
