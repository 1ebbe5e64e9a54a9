package matroska

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"time"

	"github.com/at-wat/ebml-go"
)

// id is that of an element, with its marker.
type id uint32

const (
	header    id = 0x1A45DFA3
	segment   id = 0x18538067
	info      id = 0x1549A966
	timescale id = 0x2AD7B1
	tracks    id = 0x1654AE6B
	entry     id = 0xAE
	sound     id = 0xE1
	tags      id = 0x1254C367
	tag       id = 0x7373
	simpleTag id = 0x67C8
	cluster   id = 0x1F43B675
	timecode  id = 0xE7
	simple    id = 0xA3
	group     id = 0xA0
	block     id = 0xA1
)

// element is one that is not skipped.
type element struct {
	name   string
	level  int
	master id // of level 1 and more: the element that it stands in
	most   uint64
	read   func(r *Reader, content []byte) (any, error) // nil: it is a master, whose elements are read one by one
}

// elements are filled by init, because their readers refer to them.
var elements map[id]element

func init() {
	elements = map[id]element{
		header:    {"EBML header", 0, 0, maxValue, (*Reader).start},
		segment:   {name: "Segment", level: 1, master: header},
		info:      {name: "Info", level: 2, master: segment},
		timescale: {"TimestampScale", 3, info, 8, (*Reader).timescale},
		tracks:    {name: "Tracks", level: 2, master: segment},
		entry:     {"TrackEntry", 3, tracks, maxValue, (*Reader).track},
		tags:      {name: "Tags", level: 2, master: segment},
		tag:       {name: "Tag", level: 3, master: tags},
		simpleTag: {"SimpleTag", 4, tag, maxValue, (*Reader).tag},
		cluster:   {name: "Cluster", level: 2, master: segment},
		timecode:  {"Timestamp", 3, cluster, 8, (*Reader).cluster},
		simple:    {"SimpleBlock", 3, cluster, maxBlock, (*Reader).block},
		group:     {name: "BlockGroup", level: 3, master: cluster},
		block:     {"Block", 4, group, maxBlock, (*Reader).block},
	}
}

// Start is the beginning of a document: what was said of tracks and tags before is no longer said.
type Start struct{}

// Track describes a track of the document.
type Track struct {
	Number         uint64
	Audio          bool
	Name, Codec    string // Codec is its CodecID
	Private        []byte // CodecPrivate
	Rate           float64
	Channels, Bits uint64 // Bits of a sample; 0: not given
}

// Tag is a name and its value.
type Tag struct{ Name, Value string }

// Cluster is the beginning of a cluster, which Kinesis calls a fragment.
type Cluster struct {
	Timecode uint64 // as it stands there
	At       time.Duration
}

// Block is a piece of a track. Its Payload is valid until Next.
type Block struct {
	Track   uint64
	At      time.Duration // since the beginning of its cluster; may be negative
	Payload []byte
}

func (r *Reader) start([]byte) (any, error) {
	r.scale = uint64(time.Millisecond)
	return Start{}, nil
}

func (r *Reader) timescale(content []byte) (any, error) {
	if r.scale = unsigned(content); r.scale == 0 || r.scale > uint64(time.Second) {
		return nil, malformed("a TimestampScale of %d ns", r.scale)
	}
	return nil, nil
}

// audioTrack is the type of tracks of audio.
const audioTrack = 2

func (r *Reader) track(content []byte) (any, error) {
	d := struct {
		TrackNumber, TrackType uint64
		Name, CodecID          string
		CodecPrivate           []byte
		SamplingFrequency      float64 // as the two below, in Audio
		Channels, BitDepth     uint64
	}{SamplingFrequency: 8000, Channels: 1} // the defaults of the format
	if err := decode(content, &d); err != nil {
		return nil, malformed("a TrackEntry: %v", err)
	}
	if d.TrackNumber == 0 {
		return nil, malformed("a TrackEntry without a number")
	}
	return Track{
		Number: d.TrackNumber, Audio: d.TrackType == audioTrack, Name: d.Name, Codec: d.CodecID, Private: d.CodecPrivate,
		Rate: d.SamplingFrequency, Channels: d.Channels, Bits: d.BitDepth,
	}, nil
}

func (r *Reader) tag(content []byte) (any, error) {
	var d struct{ TagName, TagString string }
	if err := decode(content, &d); err != nil {
		return nil, malformed("a SimpleTag: %v", err)
	}
	return Tag{d.TagName, d.TagString}, nil
}

func (r *Reader) cluster(content []byte) (any, error) {
	r.at, r.timed = unsigned(content), true
	return Cluster{r.at, time.Duration(r.at * r.scale)}, nil // what is beyond the range of time turns over
}

// lacing are the flags of a block that holds several frames.
const lacing = 0x06

func (r *Reader) block(content []byte) (any, error) {
	if !r.timed {
		return nil, malformed("a block before the Timestamp of its Cluster")
	}
	if len(content) > 0 {
		if flags := bits.LeadingZeros8(content[0]) + 3; flags < len(content) && content[flags]&lacing != 0 {
			return nil, malformed("a block with lacing, which is not for audio of telephones")
		}
	}
	b, err := ebml.UnmarshalBlock(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return nil, malformed("a block: %v", err)
	}
	item := Block{Track: b.TrackNumber, At: time.Duration(int64(b.Timecode) * int64(r.scale))}
	for _, frame := range b.Data {
		item.Payload = frame
	}
	return item, nil
}

// unsigned is an integer of up to eight bytes.
func unsigned(content []byte) uint64 {
	var all [8]byte
	copy(all[8-len(content):], content)
	return binary.BigEndian.Uint64(all[:])
}
