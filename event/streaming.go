package event

import (
	"cmp"
	"slices"

	"timbre"
)

// streamDetail begins the detail of every streaming status event.
type streamDetail struct {
	Version       string `json:"version"`
	Status        string `json:"streamingStatus"`
	ConnectorID   string `json:"voiceConnectorId"`
	TransactionID string `json:"transactionId"`
	CallID        string `json:"callId"`
}

// startedDetail is that of STARTED, and, with the end, of ENDED: one event a leg.
type startedDetail struct {
	streamDetail
	Direction     string            `json:"direction"`
	From          string            `json:"fromNumber"`
	To            string            `json:"toNumber"`
	Headers       map[string]string `json:"inviteHeaders,omitempty"`
	IsCaller      *bool             `json:"isCaller,omitempty"`
	MediaType     string            `json:"mediaType"`
	SDP           sdp               `json:"sdp"`
	Metadata      string            `json:"siprecMetadata,omitempty"`
	StartFragment string            `json:"startFragmentNumber"`
	StartTime     string            `json:"startTime"`
	EndTime       string            `json:"endTime,omitempty"`
	StreamARN     string            `json:"streamArn"`
}

type sdp struct {
	Index int    `json:"mediaIndex"`
	Label string `json:"mediaLabel,omitempty"`
}

// allStartedDetail is that of ALL_STARTED: both streams of a call at once, the caller's first. No documentation has it, but
// a client in the field lives by it; beside its streams it says what STARTED says of the call.
type allStartedDetail struct {
	streamDetail
	Direction string            `json:"direction"`
	From      string            `json:"fromNumber"`
	To        string            `json:"toNumber"`
	Headers   map[string]string `json:"inviteHeaders,omitempty"`
	Metadata  string            `json:"siprecMetadata,omitempty"`
	StartTime string            `json:"startTime"`
	Streams   []startedStream   `json:"streams"`
}

type startedStream struct {
	ARN      string `json:"streamArn"`
	Fragment string `json:"startFragmentNumber"`
}

// updatedDetail is that of UPDATED: what the re-INVITE or UPDATE said.
type updatedDetail struct {
	streamDetail
	Headers  map[string]string `json:"updateHeaders,omitempty"`
	Metadata string            `json:"siprecMetadata,omitempty"`
}

// failedDetail is that of FAILED.
type failedDetail struct {
	streamDetail
	Direction string `json:"direction"`
	FailTime  string `json:"failTime"`
	Reason    string `json:"failureReason"`
}

// startedStreams are two of a call: the caller's and the callee's, before those of whom it is not known whose they are.
func startedStreams(c timbre.Call) (list []startedStream) {
	legs := slices.Clone(c.Legs)
	rank := map[timbre.Side]int{timbre.Caller: 0, timbre.Callee: 1, timbre.Mixed: 2}
	slices.SortStableFunc(legs, func(a, b timbre.Leg) int { return cmp.Compare(rank[a.Side], rank[b.Side]) })
	for _, l := range legs[:min(len(legs), 2)] {
		list = append(list, startedStream{l.StreamARN, timbre.Fragment(l.StreamARN, 0)})
	}
	return list
}

func streaming(e timbre.Event) any {
	c, l := e.Call, leg(e)
	begin := streamDetail{"0", e.Status, c.ConnectorID, c.TransactionID, c.CallID}
	switch e.Status {
	case timbre.StreamingAllStarted:
		return allStartedDetail{begin, c.Direction, c.From, c.To, c.Headers, c.Metadata, inMillis(c.Started), startedStreams(c)}
	case timbre.StreamingUpdated:
		return updatedDetail{begin, c.Headers, c.Metadata}
	case timbre.StreamingFailed:
		return failedDetail{begin, c.Direction, inMillis(e.Time), e.StatusMessage}
	}
	started := c.Started // of its stream: a leg may join its call late
	if made, ok := timbre.StreamCreated(l.StreamARN); ok {
		started = made
	}
	d := startedDetail{
		streamDetail: begin, Direction: c.Direction, From: c.From, To: c.To, Headers: c.Headers,
		IsCaller: l.Side.IsCaller(), MediaType: "audio/L16", SDP: sdp{l.Index, l.Label}, Metadata: c.Metadata,
		StartFragment: timbre.Fragment(l.StreamARN, 0), StartTime: inMillis(started), StreamARN: l.StreamARN,
	}
	if e.Status == timbre.StreamingEnded {
		if c.Ended.IsZero() {
			c.Ended = e.Time
		}
		d.EndTime = inMillis(c.Ended)
	}
	return d
}
