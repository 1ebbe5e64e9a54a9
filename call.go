package timbre

import (
	"math"
	"slices"
	"time"
)

// Side is the party whose audio a leg is.
type Side uint8

const (
	Mixed  Side = iota // both parties in one stream, or unknown
	Caller             // the originator
	Callee             // the party that was called: the agent, in a contact centre
)

func (s Side) String() string { return [...]string{"mixed", "caller", "callee"}[s] }

// IsCaller is nil for a mixed leg, so that the API omits the field.
func (s Side) IsCaller() *bool {
	if s == Mixed {
		return nil
	}
	is := s == Caller
	return &is
}

// Call is one conversation on a connector.
type Call struct {
	TransactionID string // a UUID of this server
	ConnectorID   string
	CallID        string            // Call-ID of the INVITE
	Direction     string            // "Outbound": from an SBC or PBX to the connector; "Inbound": the other way
	Bridged       bool              `json:"Through"` // to a gateway: the call itself, not a recording or a copy of its audio
	From, To      string            // numbers or user parts, as signalled
	Headers       map[string]string // of the INVITE, names in lower case, repeated headers joined by ", "
	Metadata      string            // the SIPREC metadata as received, an XML document; empty without
	Group         string            // the group of related calls, as before and after a transfer; empty without
	Warnings      []string          // current doubts about its legs, such as a guessed caller
	Legs          []Leg             // one or two, three at most, in the order in which they were added: at first that of the m-lines
	Started       time.Time
	Ended         time.Time     // zero while the call is live
	Lasted        time.Duration // of an ended call, whatever the wall clock did meanwhile
	Failure       string        // why it ended, unless a party hung up
	StoredByes    []StoredBye   // of a live call
	Reserved      bool          // it is not answered yet, and not announced
}

// StoredBye is a BYE to a peer of a call, stored for the case that the process which has the call ends before the call does.
type StoredBye struct {
	Network string // udp, tcp or tls
	To      string // HOST:PORT
	Message string // a BYE
}

// Leg is one party's audio in a call.
type Leg struct {
	Side      Side
	Index     int    // of its m-line in the SDP, from 0
	Label     string // a=label of that m-line
	Party     string // address of record of the party, if the metadata has it
	StreamARN string // arn:aws:kinesisvideo:…:stream/ChimeVoiceConnector-<connector>-<uuid>/<number>
}

// Change is what a message within a call changes.
type Change struct {
	Headers  map[string]string // of the message
	Metadata string            // empty: unchanged
	Group    string            // empty: unchanged
	Legs     []Leg             // identified by Index; unknown ones are new. Nil: unchanged
	Warnings []string          // replace the previous ones
}

// Leg returns the index of the leg of a side, or of the only leg if that is mixed: false if there is none.
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

// Frame is up to 20 ms of a leg. PCM belongs to the sender and is valid only until the receiver returns.
type Frame struct {
	At    time.Duration // media time of the first sample, from 0 at the start of the leg; jumps over what was lost or not sent
	PCM   []int16
	Keyed bool // telephone-events say that a key is pressed at or just before the frame, whose tone may be in it
}

// Listener receives the frames of one leg, in order, from one goroutine at a time. Frame must return quickly.
type Listener interface{ Frame(Frame) }

// Speech is what the VAD found in a short stretch of a leg. PCM belongs to the receiver.
type Speech struct {
	At     time.Duration // media time of the end of the stretch since listening began
	Net    time.Duration // net speech: the voiced duration since listening began
	Voiced bool          // the stretch itself is voiced
	PCM    []int16       // audio to analyse: voiced stretches with their margins; often empty
	Drop   Drop          // what is on the stretch besides the voice of the party
	Came   time.Time     // when the last of the stretch came from the call, with a monotonic reading; zero: not known
	Due    time.Time     // when it is to be passed on at the latest; zero: not known
}

// Wave appends audio to dst in the format of models: [-1, 1).
func Wave(dst []float32, pcm []int16) []float32 {
	dst = slices.Grow(dst, len(pcm))
	for _, s := range pcm {
		dst = append(dst, float32(s)/32768)
	}
	return dst
}

// PCM appends wave to dst as samples of 16 bits: the inverse of Wave. What is out of range is clipped.
func PCM(dst []int16, wave []float32) []int16 {
	dst = slices.Grow(dst, len(wave))
	for _, x := range wave {
		dst = append(dst, int16(min(max(math.RoundToEven(float64(x)*32768), math.MinInt16), math.MaxInt16)))
	}
	return dst
}
