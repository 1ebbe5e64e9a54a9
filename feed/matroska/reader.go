// Package matroska reads streams of Matroska as Amazon Kinesis Video Streams takes and sends them: documents one after the other, with
// elements of unknown size, of which the audio is heard while it comes. A stream of bytes comes in; descriptions of tracks, tags, clusters
// and blocks go out, in order.
//
// The frame of elements is read here, because it decides how much memory a peer can ask for: each element is bounded before it is
// read, and masters are open in one order only, so that nesting has no depth. What is inside is decoded by ebml-go. The package decodes
// no audio, and knows no calls.
//
// https://www.rfc-editor.org/rfc/rfc8794 (EBML), https://www.rfc-editor.org/rfc/rfc9559 (Matroska)
package matroska

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"time"
)

// The longest elements, in bytes.
const (
	maxBlock   = 1 << 20 // audio: half a minute of 16-bit PCM at 16 kHz
	maxValue   = 8 << 10 // a track, a tag or a number
	maxSkipped = 1 << 20 // what nobody reads
)

// Reader reads one stream. One goroutine uses it.
type Reader struct {
	r     *bufio.Reader
	raw   []byte // of the newest item
	open  [4]id  // the open masters, by level
	scale uint64 // of timestamps, in nanoseconds
	at    uint64 // timestamp of the open cluster
	timed bool   // the open cluster has one
}

// NewReader makes a Reader.
func NewReader(r io.Reader) *Reader {
	return &Reader{r: bufio.NewReader(r), scale: uint64(time.Millisecond)}
}

// Malformed is the error for a stream that is not of the format, or exceeds a limit. It says what is wrong and where.
type Malformed struct{ reason string }

func (m *Malformed) Error() string { return "the Matroska stream is malformed: " + m.reason }

func malformed(format string, args ...any) error { return &Malformed{fmt.Sprintf(format, args...)} }

// Next returns the next item: a Start, Track, Tag, Cluster or Block. The error is io.EOF at the end of an element, *Malformed, or that of
// the stream.
func (r *Reader) Next() (any, error) {
	r.raw = r.raw[:0]
	for {
		item, err := r.element()
		if item != nil || err != nil {
			return item, err
		}
		if len(r.raw) > 2*maxSkipped {
			return nil, malformed("more than %d bytes hold nothing that counts", 2*maxSkipped)
		}
	}
}

// Raw are the bytes that the newest item was read from, with what was skipped before it. They are valid until Next.
func (r *Reader) Raw() []byte { return r.raw }

// element reads an element. It returns nil for one that is no item.
func (r *Reader) element() (any, error) {
	name, _, err := r.number(4, true)
	if err != nil {
		return nil, err
	}
	size, known, err := r.number(8, false)
	if err != nil {
		return nil, inside(err)
	}
	e, ours := elements[id(name)]
	switch {
	case r.open[0] == 0 && id(name) != header:
		return nil, malformed("it does not begin with an EBML header")
	case !ours:
		return nil, r.skip(id(name), size, known)
	}
	if err := r.enter(id(name), e); err != nil {
		return nil, err
	}
	if e.read == nil {
		return nil, nil
	}
	if !known || size > e.most {
		return nil, malformed("%s is longer than %d bytes", e.name, e.most)
	}
	content, err := r.take(size)
	if err != nil {
		return nil, err
	}
	return e.read(r, content)
}

// enter holds the order of masters: an element stands in its own master, which is open, and closes what was open below it.
func (r *Reader) enter(name id, e element) error {
	if e.level > 0 && r.open[e.level-1] != e.master {
		return malformed("%s is not in its %s", e.name, elements[e.master].name)
	}
	if e.read == nil || e.level == 0 {
		r.open[e.level] = name
		clear(r.open[e.level+1:])
	}
	if name == cluster {
		r.timed = false
	}
	return nil
}

// number reads a variable-size integer of at most so many bytes: an identifier, which keeps its marker, or a size. False: it is unknown.
func (r *Reader) number(most int, marker bool) (n uint64, known bool, err error) {
	first, err := r.r.ReadByte()
	if err != nil {
		return 0, false, err
	}
	length := bits.LeadingZeros8(first) + 1
	if length > most {
		return 0, false, malformed("an element begins with byte 0x%02x", first)
	}
	r.raw = append(r.raw, first)
	n = uint64(first)
	if !marker {
		n &= 1<<(8-length) - 1
	}
	for range length - 1 {
		b, err := r.r.ReadByte()
		if err != nil {
			return 0, false, inside(err)
		}
		r.raw, n = append(r.raw, b), n<<8|uint64(b)
	}
	return n, n != 1<<(7*length)-1, nil
}

// take reads the content of an element, whose size is bounded already.
func (r *Reader) take(size uint64) ([]byte, error) {
	from := len(r.raw)
	r.raw = append(r.raw, make([]byte, size)...)
	if n, err := io.ReadFull(r.r, r.raw[from:]); err != nil {
		r.raw = r.raw[:from+n]
		return nil, inside(err)
	}
	return r.raw[from:], nil
}

// skip leaves an element out. Together with what was skipped since the newest item it is bounded, too.
func (r *Reader) skip(name id, size uint64, known bool) error {
	if !known || size > maxSkipped || uint64(len(r.raw))+size > 2*maxSkipped {
		return malformed("the element 0x%X is longer than %d bytes", uint64(name), maxSkipped)
	}
	_, err := r.take(size)
	return err
}

// inside is an error within an element, where the end of the stream is not its end.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
