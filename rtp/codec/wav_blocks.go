package codec

import (
	"io"
	"math"

	"timbre"
)

// endless is the length of a data chunk that nobody knew when it began.
const endless = math.MaxInt64

// blocks reads the samples of a data chunk in whole blocks. What is left at its end is left out.
type blocks struct {
	from           io.Reader
	block          int
	declared, read int64 // bytes
	err            error // why it has ended too early
}

func newBlocks(from io.Reader, block int, declared int64) *blocks {
	return &blocks{from: io.LimitReader(from, declared), block: block, declared: declared}
}

func (b *blocks) Read(p []byte) (int, error) {
	n, err := io.ReadFull(b.from, p[:len(p)/b.block*b.block])
	b.read += int64(n)
	if err != nil {
		b.end(err)
	}
	if n /= b.block; n == 0 {
		return 0, io.EOF
	}
	return n * b.block, nil
}

// end notes whether the data ends before it should.
func (b *blocks) end(err error) {
	switch {
	case !ended(err):
		b.err = failed(err)
	case b.read < b.declared && b.declared != endless:
		b.err = cutOff("data", b.declared, b.read)
	}
}

// cutOff is the error of a file that is shorter than a chunk of it says.
func cutOff(chunk string, declared, there int64) error {
	return refuse("the WAV file is cut off: its %q chunk says %d bytes, %d are there", chunk, declared, there)
}

// failed is the error of a file that cannot be read, unless it says more itself.
func failed(err error) error {
	if timbre.KindOf(err) == timbre.Invalid {
		return err
	}
	return timbre.Errorf(timbre.Internal, "codec.OpenWAV", "reading failed: %w", err)
}
