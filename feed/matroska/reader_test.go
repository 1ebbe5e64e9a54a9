package matroska_test

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"timbre/feed/matroska"
	"timbre/feed/matroska/matroskatest"
)

// fragment is one as Connect sends it.
func fragment() matroskatest.Document {
	return matroskatest.Document{
		Tracks: matroskatest.Connect(), At: 1_726_677_688_724,
		Before: []matroskatest.Tag{{Name: "AWS_KINESISVIDEO_FRAGMENT_NUMBER", Value: "91343852333181531502161607852955530730504675150"}},
		Blocks: []matroskatest.Block{{Track: 1, PCM: []int16{1, -2}}, {Track: 2, At: 64, PCM: []int16{3}}},
		After:  []matroskatest.Tag{{Name: "ContactId", Value: "d111f871"}, {Name: "Events", Value: "[]"}},
	}
}

// read returns all items of a stream, and the error after them.
func read(from io.Reader) (items []any, _ error) {
	for r := matroska.NewReader(from); ; {
		item, err := r.Next()
		if err != nil {
			return items, err
		}
		if b, is := item.(matroska.Block); is {
			b.Payload = bytes.Clone(b.Payload)
			item = b
		}
		items = append(items, item)
	}
}

func TestDocumentsAreRead(t *testing.T) {
	track := func(number uint64, name string) matroska.Track {
		return matroska.Track{Number: number, Audio: true, Name: name, Codec: "A_AAC", Private: []byte{21, 136}, Rate: 8000, Channels: 1}
	}
	want := []any{
		matroska.Start{},
		track(1, "AUDIO_FROM_CUSTOMER"), track(2, "AUDIO_TO_CUSTOMER"),
		matroska.Tag{Name: "AWS_KINESISVIDEO_FRAGMENT_NUMBER", Value: "91343852333181531502161607852955530730504675150"},
		matroska.Cluster{Timecode: 1_726_677_688_724, At: 1_726_677_688_724 * time.Millisecond},
		matroska.Block{Track: 1, Payload: []byte{1, 0, 0xfe, 0xff}},
		matroska.Block{Track: 2, At: 64 * time.Millisecond, Payload: []byte{3, 0}},
		matroska.Tag{Name: "ContactId", Value: "d111f871"},
		matroska.Tag{Name: "Events", Value: "[]"},
	}
	for name, sized := range map[string]bool{"of known size": true, "of unknown size": false} {
		t.Run(name, func(t *testing.T) {
			d := fragment()
			d.Sized = sized
			got, err := read(iotest.OneByteReader(bytes.NewReader(slices.Concat(d.Bytes(), d.Bytes()))))
			if !errors.Is(err, io.EOF) {
				t.Errorf("got error %v, want %v", err, io.EOF)
			}
			if want := slices.Concat(want, want); !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestRawIsTheWholeStream(t *testing.T) {
	text := slices.Concat(fragment().Bytes(), fragment().Bytes())
	var raw []byte
	r := matroska.NewReader(bytes.NewReader(text))
	for {
		_, err := r.Next()
		raw = append(raw, r.Raw()...)
		if err != nil {
			break
		}
	}
	if !bytes.Equal(raw, text) {
		t.Errorf("got %d bytes, want the %d of the stream", len(raw), len(text))
	}
}

// The identifiers of elements.
const (
	ebml    = "\x1A\x45\xDF\xA3\x80"
	segment = "\x18\x53\x80\x67\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
	cluster = "\x1F\x43\xB6\x75\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF"
	tracks  = "\x16\x54\xAE\x6B\xFF"
	tags    = "\x12\x54\xC3\x67\xFF\x73\x73\xFF"
	void    = "\xEC"
)

func TestHostileStreamsAreRefused(t *testing.T) {
	long := "\x08\xFF\xFF\xFF\xFF" // 32 GiB
	for name, c := range map[string]struct{ stream, want string }{
		"no Matroska":                    {"RIFF", "does not begin with an EBML header"},
		"a zero":                         {"\x00", "begins with byte 0x00"},
		"a segment alone":                {segment, "does not begin with an EBML header"},
		"a block alone":                  {ebml + segment + "\xA3\x84", "SimpleBlock is not in its Cluster"},
		"a block before its time":        {ebml + segment + cluster + "\xA3\x84\x81\x00\x00\x00", "before the Timestamp"},
		"an endless block":               {ebml + segment + cluster + "\xE7\x81\x00\xA3\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF", "SimpleBlock is longer than 1048576 bytes"},
		"a long block":                   {ebml + segment + cluster + "\xE7\x81\x00\xA3" + long, "SimpleBlock is longer than"},
		"an endless header":              {"\x1A\x45\xDF\xA3\xFF", "EBML header is longer than 8192 bytes"},
		"an endless unknown element":     {ebml + segment + void + "\xFF", "0xEC is longer than"},
		"a long unknown element":         {ebml + segment + void + long, "0xEC is longer than"},
		"nothing but what is skipped":    {ebml + segment + strings.Repeat(void+"\x10\x0F\xFF\xFF"+strings.Repeat("\x00", 0xFFFFF), 3), "is longer than"},
		"a long tag":                     {ebml + segment + tags + "\x67\xC8" + long, "SimpleTag is longer than"},
		"a long number":                  {ebml + segment + cluster + "\xE7\x89123456789", "Timestamp is longer than 8 bytes"},
		"no scale of time":               {ebml + segment + "\x15\x49\xA9\x66\xFF\x2A\xD7\xB1\x81\x00", "TimestampScale of 0 ns"},
		"a track without a number":       {ebml + segment + tracks + "\xAE\x83\x83\x81\x02", "TrackEntry without a number"},
		"a track within a track":         {ebml + segment + tracks + "\xAE\x85\xAE\x83\xD7\x81\x01", "TrackEntry without a number"},
		"a track with an endless value":  {ebml + segment + tracks + "\xAE\x86\xD7\x81\x01\x86" + "\xFF\x00\x00", "longer than what it stands in"},
		"a block with lacing in a track": {ebml + segment + tracks + "\xAE\x88\xA3\x86\x81\x00\x00\x06\x01\x02", "TrackEntry without a number"},
		"a block that is empty":          {ebml + segment + cluster + "\xE7\x81\x00\xA3\x80", "a block:"},
		"a block with lacing":            {ebml + segment + cluster + "\xE7\x81\x00\xA3\x86\x81\x00\x00\x06\x01\x02", "lacing"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(strings.NewReader(c.stream))
			wrong := (*matroska.Malformed)(nil)
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want one with %q", err, c.want)
			}
		})
	}
}

// Masters are not nested in themselves, however often they begin.
func TestDeepNestingTakesNoStack(t *testing.T) {
	nested := strings.Repeat("\x67\xC8\x7F\xFF", 100_000)
	if _, err := read(strings.NewReader(ebml + segment + tags + nested)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("got %v, want an error", err)
	}
	items, err := read(strings.NewReader(ebml + strings.Repeat(segment, 100_000)))
	if len(items) != 1 || !errors.Is(err, io.EOF) {
		t.Errorf("got %d items and %v, want one and %v", len(items), err, io.EOF)
	}
}

// endless repeats a text for ever, and counts what was read of it.
type endless struct {
	text string
	read int
}

func (e *endless) Read(b []byte) (int, error) {
	n := copy(b, e.text[e.read%len(e.text):])
	e.read += n
	return n, nil
}

// A stream of masters without anything in them ends before it fills the memory.
func TestMastersWithoutEndAreMalformed(t *testing.T) {
	masters := &endless{text: segment}
	_, err := read(io.MultiReader(strings.NewReader(ebml), masters))
	if malformed := (*matroska.Malformed)(nil); !errors.As(err, &malformed) || masters.read > 3<<20 {
		t.Errorf("got %v after %d bytes, want it malformed after some 2 MiB", err, masters.read)
	}
}

func TestStreamThatIsCutIsNoEnd(t *testing.T) {
	text := fragment().Bytes()
	ends := 0
	for n := range text {
		_, err := read(bytes.NewReader(text[:n]))
		switch {
		case errors.Is(err, io.EOF):
			ends++
		case !errors.Is(err, io.ErrUnexpectedEOF):
			t.Errorf("%d bytes: got %v, want %v", n, err, io.ErrUnexpectedEOF)
		}
	}
	if ends > 40 { // between two elements
		t.Errorf("got an orderly end at %d of %d places", ends, len(text))
	}
}

func TestErrorsOfTheStreamArePassedOn(t *testing.T) {
	broken := errors.New("broken")
	_, err := read(io.MultiReader(bytes.NewReader(fragment().Bytes()), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

// FuzzReader reads any stream: it ends, holds what items promise, and no item is larger than what was read for it.
func FuzzReader(f *testing.F) {
	d := fragment()
	f.Add(d.Bytes())
	d.Sized = true
	f.Add(d.Bytes())
	f.Add([]byte("\x1A\x45\xDF\xA3\xA3")) // nothing of what the header announces
	f.Add([]byte(ebml + segment + cluster + "\xE7\x81\x00\xA0\x88\xA1\x86\x81\x00\x00\x00\x01\x02"))
	f.Add([]byte(ebml + segment + tags + "\x67\xC8\x8A\x45\xA3\x81a\x44\x87\x83b\x00c"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := matroska.NewReader(bytes.NewReader(stream))
		n := 0
		for {
			item, err := r.Next()
			if n += len(r.Raw()); n > len(stream) {
				t.Fatalf("got %d bytes of %d", n, len(stream))
			}
			if err != nil {
				return
			}
			switch i := item.(type) {
			case matroska.Block:
				if len(i.Payload) > len(r.Raw()) {
					t.Errorf("got %d bytes in an element of %d", len(i.Payload), len(r.Raw()))
				}
			case matroska.Track:
				if i.Number == 0 || len(i.Private) > len(r.Raw()) {
					t.Errorf("got %+v", i)
				}
			}
		}
	})
}
