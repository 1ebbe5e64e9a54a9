package event

import "timbre"

// postCallDetail is the detail of PostCallVoiceAnalytics. Of a pipeline's tasks it also has what their events have.
type postCallDetail struct {
	Status   string `json:"detailStatus"`
	Sequence int64  `json:"sequence"`
	named
	*sourceDetail
	Results callResults `json:"speakerSearchResults"`
}

type callResults struct {
	BestMatch string           `json:"bestMatchedVoiceProfileId,omitempty"`
	Confirmed string           `json:"customerValidatedCallerIdentity,omitempty"`
	Created   []profileRequest `json:"createVoiceProfileTransactions"`
	Updated   []profileRequest `json:"updateVoiceProfileTransactions"`
}

type profileRequest struct {
	ProfileID string `json:"voiceProfileId"`
	Time      string `json:"requestTimestamp"`
}

func postCall(e timbre.Event) postCallDetail {
	d := postCallDetail{Status: e.Status, Sequence: e.Sequence, named: namedOf(e), Results: callResults{
		e.Summary.BestMatch, e.Summary.Confirmed, profileRequests(e.Summary.Created), profileRequests(e.Summary.Updated),
	}}
	if e.Source != nil {
		source := sourceDetailOf(e.Source)
		d.sourceDetail = &source
	}
	return d
}

func profileRequests(list []timbre.ProfileRequest) []profileRequest {
	requests := []profileRequest{}
	for _, r := range list {
		requests = append(requests, profileRequest{r.ProfileID, formatMillis(r.Time)})
	}
	return requests
}
