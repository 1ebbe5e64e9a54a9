// Package timbre holds the words of the product as types: what a call is, what a leg of it sounds like, who a voice
// belongs to, and what is told to the outside. Every other package speaks in these words; this one imports the standard
// library alone and does nothing but hold them.
//
// A second of speech passes sip (or feed), rtp, call, speech, voice or tone, search, task, event, notify and api, in that order.
package timbre

import "time"

// The audio that is analysed is telephone audio: 16-bit linear PCM, mono, 8,000 samples a second, in frames of 20 ms.
const (
	SampleRate    = 8000
	FrameDuration = 20 * time.Millisecond
	FrameSamples  = SampleRate / 50
)

// Samples is how many samples d of audio holds.
func Samples(d time.Duration) int { return int(d * SampleRate / time.Second) }

// Duration is how long n samples of audio last.
func Duration(n int) time.Duration { return time.Duration(n) * time.Second / SampleRate }

// Page asks for at most Limit items that come after the item with id After, in the order of creation.
type Page struct {
	After string
	Limit int
}
