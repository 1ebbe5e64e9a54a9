package logbook

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"strconv"
	"time"
)

// nearby is how close before its goal a search in a log ends: reading on is cheaper.
const nearby = 64 << 10

// seek goes to where the lines begin that were written at a time or later, or shortly before. Lines are in the order of time. The place may
// lie within a line.
func seek(f *os.File, at time.Time) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	low, high := int64(0), info.Size()
	for high-low > nearby {
		middle := low + (high-low)/2
		if timeBehind(f, middle) < at.UnixMilli() {
			low = middle
		} else {
			high = middle
		}
	}
	_, err = f.Seek(low, io.SeekStart)
	return err
}

// timeBehind is when the first line was written that begins behind a place, in milliseconds since 1970. Behind the last, that is never.
func timeBehind(f *os.File, place int64) int64 {
	lines := bufio.NewReader(io.NewSectionReader(f, place, 2*longestLine))
	_, err := lines.ReadBytes('\n')
	if err != nil {
		return math.MaxInt64
	}
	line, _ := lines.ReadBytes('\n')
	if at := timeOf(line); at > 0 {
		return at
	}
	return math.MaxInt64
}

// timeOf is when a line was written, in milliseconds since 1970; 0: it does not say. The time stands before all that a peer has written.
func timeOf(line []byte) int64 {
	_, rest, _ := bytes.Cut(line, []byte(`"event_timestamp":`))
	digits, _, _ := bytes.Cut(rest, []byte(","))
	at, err := strconv.ParseInt(string(digits), 10, 64)
	if err != nil {
		return 0
	}
	return at
}
