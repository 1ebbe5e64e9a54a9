// Package feed takes calls by HTTP: by WebSocket from programs that have the audio of a call, and from telephone platforms that
// stream the media of theirs, and by PutMedia from producers of Amazon Kinesis Video Streams. In come requests and, on each connection, a
// start message and audio, in one of the dialects that docs/feed.md describes, or a Matroska stream; out go a timbre.Call with its legs to Calls, and the frames of each leg to its listener.
//
// Media time counts samples, or follows the sender's time stamps, so a feed may run faster than real time: when it is too far
// ahead, its next message is read later, and no audio is dropped. The package sends no audio, has no codec and no rules of media time of
// its own, opens no port, and leaves it to Admission who may use which connector.
package feed

import (
	"context"
	"net/http"
	"time"

	"timbre"
	"timbre/ttl"
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
	// AdmitAny returns the connector that a request may use, or two of them if there are several.
	AdmitAny(ctx context.Context, r timbre.AccessRequest) ([]timbre.Access, error)
}

// Config of a Server. Zero values are the defaults that are given.
type Config struct {
	MaxFeeds     int           // open at once; 1,000
	OfConnector  int           // of them, those of one connector; all
	StartTimeout time.Duration // until the start message, or the first audio of PutMedia; 10 s
	IdleTimeout  time.Duration // without a message or a ping, or without audio of PutMedia; 60 s
	// ResumeTimeout is how long a call waits, after its connection was lost, for another PutMedia of its producer, and how long it is known
	// after it has ended; 20 s.
	ResumeTimeout time.Duration
}

// withDefaults replaces zero values.
func (c Config) withDefaults() Config {
	if c.MaxFeeds == 0 {
		c.MaxFeeds = 1000
	}
	if c.OfConnector == 0 {
		c.OfConnector = c.MaxFeeds
	}
	if c.StartTimeout == 0 {
		c.StartTimeout = 10 * time.Second
	}
	if c.IdleTimeout == 0 {
		c.IdleTimeout = time.Minute
	}
	if c.ResumeTimeout == 0 {
		c.ResumeTimeout = 20 * time.Second
	}
	return c
}

// Deps are what a Server works with.
type Deps struct {
	Admission Admission
	Calls     Calls
	Tracks    timbre.TrackMaker
	Load      timbre.LoadMeter // nil: nothing is refused for overload
	// Signatures are those of AWS, on requests of Kinesis Video Streams; nil: those are not served.
	Signatures Signatures
	// Journal has the nonces of the server before this one; nil: they are not known.
	Journal *ttl.Journal
}

// Signatures tell which access key has signed a request of AWS.
type Signatures interface {
	// Check covers the body, which it reads.
	Check(r *http.Request, body func() ([]byte, error)) (timbre.Key, error)
	// CheckHead covers the head alone, of a request whose body is streamed.
	CheckHead(r *http.Request) (timbre.Key, error)
}

// maxMessage is the longest message, in bytes: two seconds of two legs in the widest format are half of it.
const maxMessage = 128 << 10
