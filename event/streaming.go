package event

import (
	"cmp"
	"slices"
	"time"

	"timbre"
)

// streamDetail is the beginning of the detail of every streaming status event.
type streamDetail struct {
	Version       string `json:"version"`
	Status        string `json:"streamingStatus"`
	Sequence      int64  `json:"sequence"`
	ConnectorID   string `json:"voiceConnectorId"`
	TransactionID string `json:"transactionId"`
	CallID        string `json:"callId"`
}

// startedDetail is the detail of STARTED and, with the end, of ENDED: one event for each leg.
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

// allStartedDetail is the detail of ALL_STARTED: both streams of a call at once, the caller's first. It is not documented, but
// a client in the field requires it. Besides the streams it has what STARTED has about the call.
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

// updatedDetail is the detail of UPDATED: the contents of the re-INVITE or UPDATE.
type updatedDetail struct {
	streamDetail
	Headers  map[string]string `json:"updateHeaders,omitempty"`
	Metadata string            `json:"siprecMetadata,omitempty"`
}

// failedDetail is the detail of FAILED.
type failedDetail struct {
	streamDetail
	Direction string `json:"direction"`
	FailTime  string `json:"failTime"`
	Reason    string `json:"failureReason"`
}

// startedStreams returns two streams of a call: the caller's and the callee's come before those of unknown parties.
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
	common := streamDetail{"0", e.Status, e.Sequence, c.ConnectorID, c.TransactionID, c.CallID}
	switch e.Status {
	case timbre.StreamingAllStarted:
		return allStartedDetail{common, c.Direction, c.From, c.To, c.Headers, c.Metadata, formatMillis(c.Started), startedStreams(c)}
	case timbre.StreamingUpdated:
		return updatedDetail{common, c.Headers, c.Metadata}
	case timbre.StreamingFailed:
		return failedDetail{common, c.Direction, formatMillis(e.Time), e.StatusMessage}
	}
	d := startedDetail{
		streamDetail: common, Direction: c.Direction, From: c.From, To: c.To, Headers: c.Headers,
		IsCaller: l.Side.IsCaller(), MediaType: "audio/L16", SDP: sdp{l.Index, l.Label}, Metadata: c.Metadata,
		StartFragment: timbre.Fragment(l.StreamARN, 0), StartTime: formatMillis(streamStart(e)), StreamARN: l.StreamARN,
	}
	if e.Status == timbre.StreamingEnded {
		if c.Ended.IsZero() {
			c.Ended = e.Time
		}
		d.EndTime = formatMillis(c.Ended)
	}
	return d
}

// streamStart is when the stream of a leg was created: a leg may join the call late.
func streamStart(e timbre.Event) time.Time {
	if created, ok := timbre.StreamCreated(leg(e).StreamARN); ok {
		return created
	}
	return e.Call.Started
}
