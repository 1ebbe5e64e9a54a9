package event

import "timbre"

// tollDetail is the detail of a refusal of the toll guard.
type tollDetail struct {
	Status      string `json:"detailStatus"`
	Message     string `json:"statusMessage"`
	Reason      string `json:"reason"`
	Sequence    int64  `json:"sequence"`
	ConnectorID string `json:"voiceConnectorId"`
	CallID      string `json:"callId"`
	From        string `json:"fromNumber"`
	To          string `json:"toNumber"`
	User        string `json:"sipAuthUser,omitempty"`
	Source      string `json:"sourceIpAddress,omitempty"`
	Calls       int    `json:"calls"`
}

func tollTrip(e timbre.Event) tollDetail {
	d := tollDetail{
		Status: e.Status, Message: e.StatusMessage, Reason: string(e.Toll.Reason), Sequence: e.Sequence, ConnectorID: e.Call.ConnectorID,
		CallID: e.Call.CallID, From: e.Call.From, To: e.Call.To, User: e.Toll.Username, Calls: e.Toll.Calls,
	}
	if e.Toll.Source.IsValid() {
		d.Source = e.Toll.Source.String()
	}
	return d
}
