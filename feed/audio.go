package feed

import (
	"errors"
	"fmt"
	"math"
	"mime"
	"strconv"
	"strings"
	"time"

	"timbre"
)

// track is the audio of one party.
type track struct {
	name string
	side timbre.Side
}

// audio is the content of one message.
type audio []piece

// piece is contiguous audio of one track.
type piece struct {
	track
	timbre.Piece
}

// linearPCM is the name of 16-bit linear PCM, little-endian.
var linearPCM = timbre.LinearPCM.Name()

// errDifferent is the error for tracks in different formats.
var errDifferent = errors.New("the tracks have different formats")

// monoCodec is the codec of audio with one channel; 0 channels: their number is not said. Some name the rate in the encoding alone.
func monoCodec(encoding string, rate, channels number) (timbre.Codec, error) {
	if name, parameters, err := mime.ParseMediaType(encoding); err == nil && rate == 0 {
		inside, _ := strconv.Atoi(parameters["rate"])
		encoding, rate = name, number(inside)
	}
	encoding, _, _ = strings.Cut(encoding, ";")
	codec, known := timbre.ParseEncoding(encoding, int(rate))
	if !known || channels > 1 {
		return 0, badFormat{fmt.Errorf("%.32q at %d Hz with %d channels cannot be decoded", encoding, rate, max(channels, 1))}
	}
	return codec, nil
}

// sideTrack is the track of a side by its name.
func sideTrack(name string) (track, error) {
	side, known := sides[name]
	if !known {
		return track{}, fmt.Errorf("side %.32q is none of caller, callee, mixed", name)
	}
	return track{name, side}, nil
}

// deinterleave separates the channels of a message, one track each.
func deinterleave(message []byte, sampleBytes int, tracks []track) (audio, error) {
	stride := sampleBytes * len(tracks)
	if len(message)%stride != 0 {
		return nil, fmt.Errorf("a binary message of %d bytes does not hold whole samples of %d bytes", len(message), stride)
	}
	if len(tracks) == 1 {
		return audio{{tracks[0], timbre.Piece{Payload: message}}}, nil
	}
	all := make(audio, len(tracks))
	for i, t := range tracks {
		channel := make([]byte, 0, len(message)/len(tracks))
		for at := i * sampleBytes; at < len(message); at += stride {
			channel = append(channel, message[at:at+sampleBytes]...)
		}
		all[i] = piece{t, timbre.Piece{Payload: channel}}
	}
	return all, nil
}

// number is an integer that some senders write as a string, or with a fraction.
type number int64

func (n *number) UnmarshalJSON(text []byte) error {
	digits := strings.Trim(string(text), `"`)
	if digits == "null" {
		return nil
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		f, noFloat := strconv.ParseFloat(digits, 64)
		if noFloat != nil || !(math.Abs(f) < 1<<53) {
			return fmt.Errorf("%.40s is not a number that is expected", text)
		}
		v = int64(f)
	}
	*n = number(v)
	return nil
}

// milliseconds is a time stamp. It may begin anywhere, and begins again after 278 years.
func (n number) milliseconds() time.Duration {
	const turn = 1 << 43
	return time.Duration(n%turn) * time.Millisecond
}
