package task

import (
	"fmt"
	"time"

	"timbre"
)

func tooShort(net, need time.Duration) string {
	return fmt.Sprintf("the call ended after %s of speech; %.0f s are required", seconds(net), need.Seconds())
}

// deafFor is how much audio without any speech is more than a party that listens brings.
const deafFor = 2 * time.Minute

// deaf says that a leg has brought audio but neither speech nor anything else that was heard.
func deaf(received, heard time.Duration) string {
	if received < deafFor || heard > 0 {
		return ""
	}
	return fmt.Sprintf("%.0f s of audio came without any speech: the party may be muted, or connected to another leg", received.Seconds())
}

// hard says why a leg could hardly be heard.
func hard(doubt string) string {
	if doubt == "" {
		return ""
	}
	return "the leg could hardly be heard: " + doubt
}

func seconds(d time.Duration) string {
	return fmt.Sprintf("%.1f s", d.Truncate(100*time.Millisecond).Seconds())
}

// joined is two messages in one.
func joined(first, second string) string {
	switch {
	case first == "" || first == second:
		return second
	case second == "":
		return first
	}
	return first + "; " + second
}

// notAnalysed says what was dropped of a leg with so much net speech, and whether that is the larger part.
func notAnalysed(dropped timbre.Drops, net time.Duration) string {
	what := dropped.String()
	if what != "" && dropped.Total() > net {
		return "most of the audio is not the voice of the party: " + what
	}
	return what
}
