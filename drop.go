package timbre

import (
	"fmt"
	"strings"
	"time"
)

// Reason is the sound for which audio of a leg is dropped before its analysis.
type Reason uint8

// The sounds that are not the voice of a leg's party. DropNone: the audio is analysed.
const (
	DropNone       Reason = iota
	DropEcho              // the other party, coming back on this leg
	DropTone              // ring-back and other call progress tones
	DropDTMF              // keys pressed
	DropRecording         // an announcement, which other calls contain word for word
	DropBackground        // people behind the party
	reasons
)

// String is the reason as metrics and settings spell it.
func (r Reason) String() string {
	return [reasons]string{"", "echo", "tone", "dtmf", "recording", "background"}[r]
}

// Reasons are all reasons but DropNone.
func Reasons() (all []Reason) {
	for r := DropNone + 1; r < reasons; r++ {
		all = append(all, r)
	}
	return all
}

// Drop is a stretch of a leg that is not analysed because it is not the voice of the party. The zero value: none.
type Drop struct {
	Reason Reason
	For    time.Duration
}

// Drops is how much of a leg is not analysed, by reason. Drops can be compared.
type Drops [reasons]time.Duration

// Add counts a stretch.
func (d *Drops) Add(x Drop) {
	if x.Reason != DropNone {
		d[x.Reason] += x.For
	}
}

// Total is how much was dropped for all reasons.
func (d Drops) Total() (sum time.Duration) {
	for _, x := range d {
		sum += x
	}
	return sum
}

// String says what was dropped, such as "4.2 s of echo and 18.0 s of ring-back or other tones were not analysed"; empty if that is less
// than a tenth of a second.
func (d Drops) String() string {
	var parts []string
	for r, x := range d {
		if x >= 100*time.Millisecond {
			parts = append(parts, fmt.Sprintf("%.1f s of %s", x.Seconds(), sounds[r]))
		}
	}
	switch n := len(parts); n {
	case 0:
		return ""
	case 1:
		return parts[0] + " were not analysed"
	default:
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1] + " were not analysed"
	}
}

var sounds = [reasons]string{"", "echo", "ring-back or other tones", "key tones", "recorded announcements", "voices in the background"}
