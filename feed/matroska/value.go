package matroska

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/at-wat/ebml-go"
)

// values are the elements with a value that are read of a TrackEntry and a SimpleTag.
var values = map[id]bool{
	0xD7: true, 0x83: true, 0x536E: true, 0x86: true, 0x63A2: true, // TrackNumber, TrackType, Name, CodecID, CodecPrivate
	0xB5: true, 0x9F: true, 0x6264: true, // SamplingFrequency, Channels, BitDepth
	0x45A3: true, 0x4487: true, // TagName, TagString
}

// decode reads the values in a master into a structure. ebml-go would follow any element that stands there, however deep, and reads some
// whose lengths it does not check: it is given those of values alone, of which each is whole.
func decode(content []byte, into any) error {
	plain, err := plain(nil, content, true)
	if err != nil {
		return err
	}
	return ebml.Unmarshal(bytes.NewReader(plain), into)
}

// plain appends the values in a master to dst, and those in its master Audio.
func plain(dst, content []byte, within bool) ([]byte, error) {
	const bufferSize = 16
	for in := (&Reader{r: bufio.NewReaderSize(bytes.NewReader(content), bufferSize)}); ; in.raw = in.raw[:0] {
		name, _, err := in.number(4, true)
		if errors.Is(err, io.EOF) {
			return dst, nil
		}
		if err != nil {
			return nil, err
		}
		size, known, err := in.number(8, false)
		if err != nil || !known || size > uint64(len(content)) {
			return nil, errors.New("an element is longer than what it stands in")
		}
		value, err := in.take(size)
		switch {
		case err != nil:
			return nil, errors.New("an element is longer than what it stands in")
		case values[id(name)]:
			dst = append(dst, in.raw...)
		case id(name) == sound && within:
			if dst, err = plain(dst, value, false); err != nil {
				return nil, err
			}
		}
	}
}
