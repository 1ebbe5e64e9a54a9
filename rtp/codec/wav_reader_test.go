package codec

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"
	"time"
)

// longFile is a WAV file of unknown length, as a program writes it to a pipe, that ends after so many bytes.
func longFile(rate uint32, size int64) io.Reader {
	file := wavFile(1, 2, 32, rate, nil)
	binary.LittleEndian.PutUint32(file[len(file)-4:], math.MaxUint32)
	return io.MultiReader(bytes.NewReader(file), io.LimitReader(repeated{}, size))
}

// repeated repeats bytes for ever.
type repeated struct{}

func (repeated) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(i * 7)
	}
	return len(p), nil
}

func TestPiecesAreTheWholeRecording(t *testing.T) {
	in := tone(1000, 12000)
	for _, rate := range []uint32{8000, 11025, 16000, 44100, 48000, 192000} {
		file := wavFile(1, 1, 16, rate, linear(slices.Repeat(in, 5)...))
		w, err := OpenWAV(iotest.OneByteReader(bytes.NewReader(file)))
		if err != nil {
			t.Fatal(err)
		}
		var got []int16
		pieces := 0
		for {
			piece, err := w.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, piece[0]...)
			pieces++
		}
		if want := Resample(slices.Repeat(in, 5), int(rate)); pieces < 2 || !slices.Equal(got, want) {
			t.Errorf("%d Hz: got %d samples in %d pieces, want the same %d as at once", rate, len(got), pieces, len(want))
		}
		if want := time.Duration(len(in)) * 5 * time.Second / time.Duration(rate); (w.Length() - want).Abs() > time.Microsecond {
			t.Errorf("%d Hz: got a length of %v, want %v", rate, w.Length(), want)
		}
	}
}

// A recording takes no more memory than a piece of it, however long it is.
func TestLongRecordingTakesTheMemoryOfAPiece(t *testing.T) {
	const size, most = 16 << 20, 4 << 20
	w, err := OpenWAV(longFile(192000, size))
	if err != nil {
		t.Fatal(err)
	}
	if w.Length() != 0 {
		t.Errorf("got a length of %v, want none", w.Length())
	}
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	samples := 0
	for pieces := 0; ; pieces++ {
		piece, err := w.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		samples += len(piece[1])
		if pieces%16 == 15 {
			runtime.GC()
			if runtime.ReadMemStats(&now); now.HeapAlloc > before.HeapAlloc+most {
				t.Fatalf("got %d bytes after %d samples, want at most %d", now.HeapAlloc-before.HeapAlloc, samples, most)
			}
		}
	}
	if want := size / 8 / 24; samples < want || samples > want+1 {
		t.Errorf("got %d samples, want %d", samples, want)
	}
}

func TestReaderThatFailsIsNoFaultOfTheFile(t *testing.T) {
	broken := errors.New("the disk fails")
	for _, n := range []int64{4, 20, 60} {
		file := wavFile(1, 1, 16, 8000, make([]byte, 1000))
		_, err := ReadWAV(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(broken)))
		if !errors.Is(err, broken) {
			t.Errorf("after %d bytes: got %v, want %v", n, err, broken)
		}
	}
}
