package timbre

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FragmentLength is the media time that a fragment of a stream holds.
const FragmentLength = time.Second

// Fragment returns the number of the fragment of a stream that holds a media time: 13 digits of the stream's creation time in
// Unix milliseconds, which its ARN ends with, and 7 digits that count the fragments from 0. Later fragments of a stream have
// greater numbers, also as strings.
func Fragment(streamARN string, at time.Duration) string {
	ms := int64(0)
	if created, ok := StreamCreated(streamARN); ok {
		ms = created.UnixMilli()
	}
	return fmt.Sprintf("%013d%07d", ms, max(0, at)/FragmentLength)
}

// StreamCreated returns the creation time of a stream, to the millisecond: false if its ARN has none.
func StreamCreated(streamARN string) (created time.Time, ok bool) {
	ms, err := strconv.ParseUint(streamARN[strings.LastIndexByte(streamARN, '/')+1:], 10, 63)
	return time.UnixMilli(int64(ms)), err == nil
}

// CheckFragment refuses a number that is not of the stream, and a fragment that begins after the newest media time: Invalid.
func CheckFragment(streamARN, number string, newest time.Duration) error {
	first, last := Fragment(streamARN, 0), Fragment(streamARN, newest)
	prefix := strings.TrimSuffix(first, "0000000")
	count, found := strings.CutPrefix(number, prefix)
	if _, err := strconv.ParseUint(count, 10, 32); !found || err != nil || len(number) != len(first) {
		return Errorf(Invalid, "fragment", "the stream has no fragment %s", number)
	}
	if number > last {
		return Errorf(Invalid, "fragment", "the stream has not reached fragment %s: the newest is %s", number, last)
	}
	return nil
}
