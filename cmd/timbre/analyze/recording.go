package analyze

import (
	"errors"
	"io"
	"os"

	"timbre"
	"timbre/rtp/codec"
)

// recording is a WAV file that is read in whole frames.
type recording struct {
	*codec.WAV
	file  *os.File
	rest  [][]int16 // by channel, less than a frame
	ended bool
}

// open opens the recording of a name.
func open(name string) (*recording, error) {
	f, err := os.Open(name)
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return nil, p.Err // the report has the name
	}
	if err != nil {
		return nil, err
	}
	w, err := codec.OpenWAV(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &recording{WAV: w, file: f, rest: make([][]int16, w.Channels())}, nil
}

// next returns the next frames of each channel, the last of which is shorter only where the recording ends. io.EOF: it has ended.
func (r *recording) next() ([][]int16, error) {
	if r.ended {
		return nil, io.EOF
	}
	piece, err := r.Next()
	r.ended = errors.Is(err, io.EOF)
	if err != nil && !r.ended {
		return nil, err
	}
	frames := make([][]int16, len(r.rest))
	for i := range frames {
		if !r.ended {
			r.rest[i] = append(r.rest[i], piece[i]...)
		}
		whole := len(r.rest[i])
		if !r.ended {
			whole -= whole % timbre.FrameSamples
		}
		frames[i], r.rest[i] = r.rest[i][:whole], append([]int16{}, r.rest[i][whole:]...)
	}
	return frames, nil
}

func (r *recording) close() { _ = r.file.Close() } // it was only read
