// Package matroskatest writes streams as Amazon Kinesis Video Streams takes and sends them, with ebml-go, for tests.
package matroskatest

import (
	"bytes"
	"encoding/binary"

	"github.com/at-wat/ebml-go"
)

// Document is one document: Kinesis sends one a fragment.
type Document struct {
	Tracks []Track
	Before []Tag // the cluster
	At     uint64
	Blocks []Block
	After  []Tag // the cluster
	Sized  bool  // the sizes of the segment and the cluster are known
}

// Track is a track of audio, unless Type says something else.
type Track struct {
	Number   uint64
	Type     uint64 `ebml:"TrackType"`
	Name     string
	Codec    string
	Private  []byte
	Rate     float64 // 0: it is not said
	Channels uint64
	Bits     uint64
}

// Tag is a name with its value.
type Tag struct{ Name, Value string }

// Block is a piece of audio.
type Block struct {
	Track uint64
	At    int16 // ms since the beginning of the cluster
	PCM   []int16
	Data  []byte // in place of PCM
}

type (
	audio struct {
		SamplingFrequency  float64
		Channels, BitDepth uint64 `ebml:",omitempty"`
	}
	entry struct {
		TrackNumber, TrackUID, TrackType uint64
		Name                             string `ebml:",omitempty"`
		CodecID                          string
		CodecPrivate                     []byte `ebml:",omitempty"`
		Audio                            *audio `ebml:",omitempty"`
	}
	simpleTag struct{ TagName, TagString string }
	tag       struct{ SimpleTag []simpleTag }
	tags      struct{ Tag []tag }
	cluster   struct {
		Timecode    uint64
		SimpleBlock []ebml.Block
	}
	header struct {
		EBMLVersion, EBMLReadVersion, EBMLMaxIDLength, EBMLMaxSizeLength uint64
		EBMLDocType                                                      string
		EBMLDocTypeVersion, EBMLDocTypeReadVersion                       uint64
	}
	info struct {
		TimecodeScale         uint64
		MuxingApp, WritingApp string
	}
	entries struct{ TrackEntry []entry }
)

// segment has its tags twice, which ebml-go writes as two elements of one name.
type segment struct {
	Info    info
	Tracks  entries
	Before  *tags `ebml:"Tags,omitempty"`
	Cluster cluster
	After   []tags `ebml:"Tags,omitempty"`
}

// sizeless is a segment whose size, and that of its cluster, is unknown.
type sizeless struct {
	Info    info
	Tracks  entries
	Before  *tags   `ebml:"Tags,omitempty"`
	Cluster cluster `ebml:"Cluster,size=unknown"`
	After   []tags  `ebml:"Tags,omitempty"`
}

// Bytes writes the document.
func (d Document) Bytes() []byte {
	head := header{1, 1, 4, 8, "matroska", 2, 2}
	s := segment{Info: info{1_000_000, "matroskatest", "matroskatest"}}
	for _, t := range d.Tracks {
		s.Tracks.TrackEntry = append(s.Tracks.TrackEntry, t.entry())
	}
	if len(d.Before) > 0 {
		s.Before = &tags{[]tag{{simpleTags(d.Before)}}}
	}
	s.Cluster.Timecode = d.At
	for _, b := range d.Blocks {
		s.Cluster.SimpleBlock = append(s.Cluster.SimpleBlock, ebml.Block{TrackNumber: b.Track, Timecode: b.At, Keyframe: true, Data: [][]byte{b.bytes()}})
	}
	for _, t := range d.After { // as Connect does: an element each
		s.After = append(s.After, tags{[]tag{{simpleTags([]Tag{t})}}})
	}
	if d.Sized {
		return write(&struct {
			Header  header `ebml:"EBML"`
			Segment segment
		}{head, s})
	}
	return write(&struct {
		Header  header   `ebml:"EBML"`
		Segment sizeless `ebml:"Segment,size=unknown"`
	}{head, sizeless(s)})
}

func write(document any) []byte {
	var text bytes.Buffer
	if err := ebml.Marshal(document, &text); err != nil {
		panic(err) // the structures above can be written
	}
	return text.Bytes()
}

func (t Track) entry() entry {
	e := entry{TrackNumber: t.Number, TrackUID: t.Number, TrackType: t.Type, Name: t.Name, CodecID: t.Codec, CodecPrivate: t.Private}
	if e.TrackType == 0 {
		e.TrackType = 2
	}
	if t.Rate != 0 || t.Channels != 0 || t.Bits != 0 {
		e.Audio = &audio{t.Rate, t.Channels, t.Bits}
	}
	return e
}

func simpleTags(all []Tag) (out []simpleTag) {
	for _, t := range all {
		out = append(out, simpleTag{t.Name, t.Value})
	}
	return out
}

func (b Block) bytes() []byte {
	data := b.Data
	for _, s := range b.PCM {
		data = binary.LittleEndian.AppendUint16(data, uint16(s))
	}
	return data
}

// Connect are the tracks of live media streaming of Amazon Connect.
func Connect() []Track {
	return []Track{{Number: 1, Name: "AUDIO_FROM_CUSTOMER", Codec: "A_AAC", Private: []byte{21, 136}}, {Number: 2, Name: "AUDIO_TO_CUSTOMER", Codec: "A_AAC", Private: []byte{21, 136}}}
}
