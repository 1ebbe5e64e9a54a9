// Package timbre defines the types that all stages share: calls and their legs, voices, tasks, events, and the interfaces
// between stages. It imports the standard library only. docs/glossary.md explains the terms.
//
// A second of speech passes sip (or feed), rtp, call, speech, voice or tone, search, task, event, notify and api, in that order.
package timbre

import "time"

// The format of analysed audio: 16-bit linear PCM, mono, 8,000 samples a second, in frames of 20 ms.
const (
	SampleRate    = 8000
	FrameDuration = 20 * time.Millisecond
	FrameSamples  = SampleRate / 50
)

// Samples returns the number of samples in d of audio.
func Samples(d time.Duration) int { return int(d * SampleRate / time.Second) }

// Duration returns the duration of n samples of audio.
func Duration(n int) time.Duration { return time.Duration(n) * time.Second / SampleRate }

// Page requests at most Limit items that follow the item with the id After, in the order of creation. Limit below 1: all.
type Page struct {
	After string
	Limit int
}

// Item is what a list tells of something that can be read by its ID. What does not have a field leaves it empty.
type Item struct {
	ID, ARN, Name, Description string
	Created, Updated, Expires  time.Time
}
