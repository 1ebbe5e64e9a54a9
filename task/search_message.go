package task

import (
	"fmt"
	"time"

	"timbre"
)

func tooShort(net, need time.Duration) string {
	return fmt.Sprintf("the call ended after %s of speech; %.0f s are required", seconds(net), need.Seconds())
}

// twoPeople says that a second person speaks on the leg.
func twoPeople(larger, other time.Duration) string {
	return fmt.Sprintf("two people speak on the leg: %s and %s", seconds(larger), seconds(other))
}

// onlyOf says which of two voices a result is of; empty if there is one voice.
func onlyOf(result string, larger, other time.Duration) string {
	if other == 0 {
		return ""
	}
	return fmt.Sprintf("%s; the %s is of the voice of %s alone", twoPeople(larger, other), result, seconds(larger))
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
