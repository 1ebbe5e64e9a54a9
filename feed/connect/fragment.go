package connect

import (
	"bytes"
	"errors"
	"io"

	"timbre"
	"timbre/feed/matroska"
)

// maxFragment is the longest fragment, in bytes: two minutes of two tracks.
const maxFragment = 4 << 20

// The tags of a fragment that are read.
const (
	tagNumber   = "AWS_KINESISVIDEO_FRAGMENT_NUMBER"
	tagContinue = "AWS_KINESISVIDEO_CONTINUATION_TOKEN" // the last one
	tagContact  = "ContactId"
	tagError    = "AWS_KINESISVIDEO_ERROR_CODE" // why the service ends the response
	tagErrorID  = "AWS_KINESISVIDEO_ERROR_ID"
)

// fragment is one of a stream: a Matroska document, with a cluster.
type fragment struct {
	number  string
	token   string
	contact string // that it is of, by its tag
	bytes   []byte
	cluster int // where its first cluster begins
	count   int // of clusters: one, as Kinesis writes fragments
}

// after is the position after the fragment.
func (f fragment) after(before Position) Position {
	switch {
	case f.token != "":
		return Position{Token: f.token}
	case f.number != "":
		return Position{Fragment: f.number}
	}
	return before
}

// fragments reads those of a response.
type fragments struct {
	in      *matroska.Reader
	current fragment
	held    []byte // the beginning of the next one
	stop    stop
}

// stop is why the service ends a response, as it writes into it.
type stop struct{ id, text string }

func (s stop) err() error {
	return timbre.Errorf(timbre.Unavailable, "GetMedia", "the service ends the response: %.40s %.200s", s.id, s.text)
}

func newFragments(r io.Reader) *fragments { return &fragments{in: matroska.NewReader(r)} }

// next returns the next whole fragment: to its last tag, to the beginning of another, or to the end of the response.
func (s *fragments) next() (fragment, error) {
	s.current = fragment{bytes: s.held}
	s.held = nil
	f := &s.current
	for {
		item, err := s.in.Next()
		switch {
		case errors.Is(err, io.EOF) && s.stop != stop{}:
			return fragment{}, s.stop.err()
		case errors.Is(err, io.EOF) && f.count > 0:
			return *f, nil
		case err != nil:
			return fragment{}, err
		}
		if _, begins := item.(matroska.Start); begins && f.count > 0 {
			s.held = bytes.Clone(s.in.Raw())
			return *f, nil
		}
		if len(f.bytes)+len(s.in.Raw()) > maxFragment {
			return fragment{}, timbre.Errorf(timbre.Invalid, "", "a fragment is longer than %d bytes", maxFragment)
		}
		if _, is := item.(matroska.Cluster); is {
			if f.count++; f.count == 1 {
				f.cluster = len(f.bytes)
			}
		}
		f.bytes = append(f.bytes, s.in.Raw()...)
		if t, is := item.(matroska.Tag); is && s.note(t) {
			return *f, nil
		}
	}
}

// note reads a tag, and reports whether it is the last one of the fragment.
func (s *fragments) note(t matroska.Tag) bool {
	f := &s.current
	switch t.Name {
	case tagError:
		s.stop.text = t.Value
	case tagErrorID:
		s.stop.id = t.Value
	case tagNumber:
		f.number = t.Value
	case tagContact:
		f.contact = t.Value
	case tagContinue:
		f.token = t.Value
		return f.count > 0
	}
	return false
}
