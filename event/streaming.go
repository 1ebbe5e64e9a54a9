package event

import "timbre"

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

func streaming(e timbre.Event) any {
	c, l := e.Call, leg(e)
	begin := streamDetail{"0", e.Status, c.ConnectorID, c.TransactionID, c.CallID}
	switch e.Status {
	case timbre.StreamingUpdated:
		return updatedDetail{begin, c.Headers, c.Metadata}
	case timbre.StreamingFailed:
		return failedDetail{begin, c.Direction, inMillis(e.Time), e.StatusMessage}
	}
	d := startedDetail{
		streamDetail: begin, Direction: c.Direction, From: c.From, To: c.To, Headers: c.Headers,
		IsCaller: l.Side.IsCaller(), MediaType: "audio/L16", SDP: sdp{l.Index, l.Label}, Metadata: c.Metadata,
		StartFragment: timbre.Fragment(l.StreamARN, 0), StartTime: inMillis(c.Started), StreamARN: l.StreamARN,
	}
	if e.Status == timbre.StreamingEnded {
		if c.Ended.IsZero() {
			c.Ended = e.Time
		}
		d.EndTime = inMillis(c.Ended)
	}
	return d
}
