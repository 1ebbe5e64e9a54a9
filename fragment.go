package timbre

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FragmentLength is how much media time a fragment of a stream holds.
const FragmentLength = time.Second

// Fragment is the number of the fragment of a stream that holds a moment of its media time: 13 digits of when the stream was
// made, in milliseconds since 1970, which end its ARN, and 7 digits that count the fragments from 0. Later fragments of a
// stream have greater numbers, also when compared as strings.
func Fragment(streamARN string, at time.Duration) string {
	ms := int64(0)
	if made, ok := StreamMade(streamARN); ok {
		ms = made.UnixMilli()
	}
	return fmt.Sprintf("%013d%07d", ms, max(0, at)/FragmentLength)
}

// StreamMade is when a stream was made, to the millisecond; false when its ARN does not say so.
func StreamMade(streamARN string) (made time.Time, ok bool) {
	ms, err := strconv.ParseUint(streamARN[strings.LastIndexByte(streamARN, '/')+1:], 10, 63)
	return time.UnixMilli(int64(ms)), err == nil
}

// CheckFragment refuses what is no number of a fragment of a stream, and a fragment that the stream, which has come as far as
// reached, has yet to begin: Invalid.
func CheckFragment(streamARN, number string, reached time.Duration) error {
	first, last := Fragment(streamARN, 0), Fragment(streamARN, reached)
	made := strings.TrimSuffix(first, "0000000")
	count, mine := strings.CutPrefix(number, made)
	if _, err := strconv.ParseUint(count, 10, 32); !mine || err != nil || len(number) != len(first) {
		return Errorf(Invalid, "fragment", "the stream has no fragment %s", number)
	}
	if number > last {
		return Errorf(Invalid, "fragment", "the stream has not come to fragment %s: it is at %s", number, last)
	}
	return nil
}
