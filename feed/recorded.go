package feed

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"timbre"
	"timbre/feed/matroska"
)

// recorded is what a Matroska stream says of its call: the tracks, by their names, and the tags.
type recorded struct {
	numbers map[uint64]string // names of the tracks of the document, by number
	codec   timbre.Codec      // of all tracks; 0: none is described yet
	tags    map[string]string
	base    time.Duration // of the open cluster
	begun   bool          // there is one
	stamp   time.Duration // of the next one, by its tag; 0: as it says itself
}

// The tracks of live media streaming of Amazon Connect.
const (
	fromCustomer = "AUDIO_FROM_CUSTOMER"
	toCustomer   = "AUDIO_TO_CUSTOMER"
)

// Limits of what a stream may say.
const (
	maxTracks = 2
	maxTags   = 32
)

// Tags with a meaning of their own. Those of Kinesis itself begin with ofKinesis.
const (
	ofKinesis  = "AWS_KINESISVIDEO_"
	producedAt = ofKinesis + "PRODUCER_TIMESTAMP"
	tagContact = "ContactId"
	tagCaller  = "Caller" // the name of the caller's track
)

// guessedTrack is the warning about a stream that does not say which track is the caller's.
const guessedTrack = "no tag Caller: the first track is taken for the caller's"

// restart forgets the numbers of the tracks of the document before.
func (c *recorded) restart() { c.numbers, c.stamp = nil, 0 }

// describe takes the description of a track.
func (c *recorded) describe(t matroska.Track) *failure {
	if !t.Audio {
		return nil
	}
	codec, err := recordedCodec(t)
	_, again := c.numbers[t.Number]
	switch {
	case err != nil:
		return fail("bad_format", fmt.Sprintf("the track %.40q: %v", t.Name, err))
	case c.codec != 0 && c.codec != codec:
		return fail("bad_format", errDifferent.Error())
	case len(c.numbers) == maxTracks && !again:
		return fail("tracks", fmt.Sprintf("the stream has more than %d tracks of audio", maxTracks))
	}
	c.codec = codec
	if c.numbers == nil {
		c.numbers = map[uint64]string{}
	}
	c.numbers[t.Number] = cmp.Or(t.Name, "track "+strconv.FormatUint(t.Number, 10))
	return nil
}

// tag takes a tag.
func (c *recorded) tag(t matroska.Tag) {
	switch {
	case t.Name == producedAt:
		if seconds, err := strconv.ParseFloat(t.Value, 64); err == nil && seconds > 0 && seconds < 1<<32 {
			c.stamp = time.Duration(math.Round(seconds*1000)) * time.Millisecond
		}
	case strings.HasPrefix(t.Name, ofKinesis):
	case len(c.tags) < maxTags:
		if c.tags == nil {
			c.tags = map[string]string{}
		}
		c.tags[t.Name] = t.Value
	}
}

// cluster takes the beginning of a cluster, which must be later than the one before. Where Kinesis says when it was produced, its own time
// may begin anew with each one.
func (c *recorded) cluster(k matroska.Cluster) *failure {
	at := cmp.Or(c.stamp, k.At)
	c.stamp = 0
	if c.begun && at <= c.base {
		return fail("again", fmt.Sprintf("the cluster of time %d does not come after the one before", k.Timecode))
	}
	c.base, c.begun = at, true
	return nil
}

// piece is the audio of a block. False: its track has none.
func (c *recorded) piece(b matroska.Block) (piece, bool) {
	name, of := c.numbers[b.Track]
	return piece{c.track(name), timbre.Piece{At: (c.base + b.At) & math.MaxInt64, Timed: true, Payload: b.Payload}}, of
}

// message is what the stream has said of its call until now.
func (c *recorded) message() startMessage {
	m := startMessage{codec: c.codec}
	rest := maps.Clone(c.tags)
	delete(rest, tagCaller)
	m.setParameters(rest)
	m.setDefaults(c.tags[tagContact], "", "")
	for _, number := range slices.Sorted(maps.Keys(c.numbers)) {
		m.tracks = append(m.tracks, c.track(c.numbers[number]))
	}
	if c.tags[tagCaller] == "" && len(m.tracks) > 1 && namedSides[m.tracks[0].name] == timbre.Mixed {
		m.warnings = []string{guessedTrack}
	}
	return m
}

// namedSides are the sides that names of tracks say; Mixed for others.
var namedSides = map[string]timbre.Side{fromCustomer: timbre.Caller, toCustomer: timbre.Callee, "caller": timbre.Caller, "callee": timbre.Callee}

// track is that of a name. The only one of a stream may be of both parties.
func (c *recorded) track(name string) track {
	side, known := namedSides[name]
	switch caller := c.tags[tagCaller]; {
	case caller != "":
		side = timbre.Callee
		if name == caller {
			side = timbre.Caller
		}
	case known || len(c.numbers) < maxTracks:
	case name == c.numbers[slices.Min(slices.Collect(maps.Keys(c.numbers)))]:
		side = timbre.Caller
	default:
		side = timbre.Callee
	}
	return track{name, side}
}
