package timbre

import (
	"slices"
	"time"
)

// Side says whose audio a leg is.
type Side uint8

const (
	Mixed  Side = iota // both parties in one stream, or nobody knows: no caller
	Caller             // the originator
	Callee             // the one who was called: the agent, in a contact centre
)

func (s Side) String() string { return [...]string{"mixed", "caller", "callee"}[s] }

// IsCaller is nil for a mixed leg, which is how the API leaves the field out.
func (s Side) IsCaller() *bool {
	if s == Mixed {
		return nil
	}
	is := s == Caller
	return &is
}

// Call is one conversation on a connector.
type Call struct {
	TransactionID string // ours, a UUID
	ConnectorID   string
	CallID        string            // Call-ID of the INVITE
	Direction     string            // "Outbound": from an SBC or PBX to the connector, "Inbound": the other way
	Through       bool              // it is put through to a gateway: the call itself, and not a recording or a copy of its audio
	From, To      string            // numbers, or user parts, as signalled
	Headers       map[string]string // of the INVITE, names in lower case, repeated ones joined by ", "
	Metadata      string            // the SIPREC metadata as it came, an XML document; empty without
	Group         string            // of calls that belong together, as before and after a transfer; empty without
	Warnings      []string          // what is doubtful about its legs, or had to be guessed, as things stand
	Legs          []Leg             // one or two (three at most), in the order in which they came: at first that of the m-lines
	Started       time.Time
	Ended         time.Time // zero while the call lives
	Failure       string    // why it ended, when not by a hang-up
}

// Leg is one party's audio in a call.
type Leg struct {
	Side      Side
	Index     int    // of its m-line in the SDP, from 0
	Label     string // a=label of that m-line
	Party     string // address of record of the party, when the metadata names it
	StreamARN string // arn:aws:kinesisvideo:…:stream/ChimeVoiceConnector-<connector>-<uuid>/<number>
}

// Change is what a message within a call says of it.
type Change struct {
	Headers  map[string]string // of the message
	Metadata string            // empty: what was said before stands
	Group    string            // the same
	Legs     []Leg             // known by the Index of their m-line; others are new. Nil: unchanged
	Warnings []string          // in place of those before
}

// Leg is the index in Legs of the leg of a side. For a call that has only a mixed leg, that one. False: there is none.
func (c *Call) Leg(s Side) (int, bool) {
	for i, l := range c.Legs {
		if l.Side == s {
			return i, true
		}
	}
	if len(c.Legs) == 1 && c.Legs[0].Side == Mixed {
		return 0, true
	}
	return 0, false
}

// Frame is up to 20 ms of a leg. PCM belongs to the giver and is good only until the receiver returns.
type Frame struct {
	At  time.Duration // media time of the first sample since the leg's first one; jumps where nothing was sent or it was lost
	PCM []int16
}

// Listener takes the frames of one leg, in order, from one goroutine at a time. Frame must not block for long.
type Listener interface{ Frame(Frame) }

// Speech is what was heard in a short stretch of a leg. PCM belongs to the receiver.
type Speech struct {
	At     time.Duration // media time of the end of the stretch since listening began
	Net    time.Duration // net speech: how much of the leg was voiced since listening began
	Voiced bool          // the stretch itself is voiced
	PCM    []int16       // audio to analyse: voiced stretches with their margins; often none
}

// Wave appends audio to dst as models take it: in [-1, 1).
func Wave(dst []float32, pcm []int16) []float32 {
	dst = slices.Grow(dst, len(pcm))
	for _, s := range pcm {
		dst = append(dst, float32(s)/32768)
	}
	return dst
}
