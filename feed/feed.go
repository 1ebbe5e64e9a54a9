// Package feed is where calls come in by WebSocket: from programs that have the audio of a call, and from telephone
// platforms that send it. In come HTTP requests, and on each connection a start message and audio, in one of the dialects
// that docs/feed.md describes; out goes a timbre.Call with its legs to Calls, and the frames of each leg to its listener.
//
// Media time is counted in samples, or told by the sender, so that a feed may come faster than real time: what runs too
// far ahead is read later, and nothing is thrown away. It sends no audio, decodes none itself, knows digests of passwords
// alone, and opens no port.
package feed

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
)

// Calls are the live calls of this node.
type Calls interface {
	timbre.CallStarter
	timbre.CallUpdater
	timbre.LiveCallReader
}

// Admission decides which connectors a feed may use.
type Admission interface {
	timbre.Admission
	// AdmitAny returns every connector that a request may use.
	AdmitAny(ctx context.Context, r timbre.AccessRequest) ([]timbre.Access, error)
}

// Decoder turns the audio of one leg, piece by piece, into linear PCM at 8 kHz.
type Decoder interface {
	// Decode appends the samples of a piece to dst.
	Decode(dst []int16, payload []byte) ([]int16, error)
}

// The encodings that a Decoder may be asked for.
const (
	Linear = "pcm_s16le" // 16-bit linear PCM, little-endian
	ULaw   = "mulaw"     // G.711
	ALaw   = "alaw"      // G.711
)

// width is how many bytes a sample of an encoding has; zero: it is not known.
func width(encoding string) int { return map[string]int{Linear: 2, ULaw: 1, ALaw: 1}[encoding] }

// Config of a Server. NewDecoder is needed; other zero values: the defaults that are named, no log, no metrics, the clock of the machine.
type Config struct {
	NewDecoder func(encoding string, rate int) (Decoder, error)
	Most       int           // feeds at once; 1,000
	Patience   time.Duration // until the start message; 10 s
	Idle       time.Duration // without a message or a ping; 60 s
	Now        func() time.Time
	Log        *slog.Logger
	Metrics    prometheus.Registerer
}

// maxMessage is the longest message, in bytes: two seconds of two legs in the widest format are more than enough.
const maxMessage = 128 << 10
