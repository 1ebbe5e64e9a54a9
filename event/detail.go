package event

import "timbre"

// caller identifies the call and the leg of an event. isCaller is omitted for a mixed leg.
type caller struct {
	IsCaller      *bool  `json:"isCaller,omitempty"`
	TransactionID string `json:"transactionId"`
	ConnectorID   string `json:"voiceConnectorId"`
}

func callerOf(e timbre.Event) caller {
	return caller{leg(e).Side.IsCaller(), e.Call.TransactionID, e.Call.ConnectorID}
}

// named is a call and a leg, with the Call-ID, by which a consumer finds the call in its own logs and recordings.
type named struct {
	caller
	CallID string `json:"callId,omitempty"` // empty once the call has been deleted
}

func namedOf(e timbre.Event) named { return named{callerOf(e), e.Call.CallID} }

// leg is the leg of an event; a mixed one if the call has been deleted.
func leg(e timbre.Event) timbre.Leg {
	if e.Leg < 0 || e.Leg >= len(e.Call.Legs) {
		return timbre.Leg{}
	}
	return e.Call.Legs[e.Leg]
}

// readyDetail is the detail of AnalyticsReady. The documentation nests the call in callDetails; clients in the field read it,
// the Call-ID and the headers beside detailStatus. Both find it.
type readyDetail struct {
	Status   string `json:"detailStatus"`
	Sequence int64  `json:"sequence"`
	Details  caller `json:"callDetails"`
	named
	StreamStart string            `json:"streamStartTime"`
	Headers     map[string]string `json:"inviteHeaders,omitempty"`
}

func ready(e timbre.Event) readyDetail {
	return readyDetail{e.Status, e.Sequence, callerOf(e), namedOf(e), formatMillis(streamStart(e)), e.Call.Headers}
}

// taskDetail is the beginning of the detail of every task event.
type taskDetail struct {
	TaskID   string `json:"taskId"`
	Status   string `json:"detailStatus"`
	Message  string `json:"statusMessage,omitempty"`
	Sequence int64  `json:"sequence"`
}

func taskOf(e timbre.Event) taskDetail {
	return taskDetail{e.TaskID, e.Status, e.StatusMessage, e.Sequence}
}

type searchDetail struct {
	taskDetail
	Details *searchResults `json:"speakerSearchDetails,omitempty"`
	named
}

type searchResults struct {
	Results []searchResult `json:"results"`
}

type searchResult struct {
	ProfileID  string  `json:"voiceProfileId"`
	Confidence float32 `json:"confidenceScore"` // the precision of the API, so that Get returns the same number
}

func speakerSearch(e timbre.Event) searchDetail {
	d := searchDetail{taskDetail: taskOf(e), named: namedOf(e)}
	if e.Status == timbre.IdentificationSuccessful {
		d.Details = &searchResults{Results: []searchResult{}}
		for _, m := range e.Matches {
			d.Details.Results = append(d.Details.Results, searchResult{m.ProfileID, float32(m.Confidence)})
		}
	}
	return d
}

type toneDetail struct {
	taskDetail
	Details *toneDetails `json:"voiceToneAnalysisDetails,omitempty"`
	named
}

// toneDetails has nothing but spans: clients loop over it.
type toneDetails struct {
	Current *toneSpan `json:"currentAverageVoiceTone,omitempty"`
	Overall *toneSpan `json:"overallAverageVoiceTone,omitempty"`
}

type toneSpan struct {
	Start string     `json:"startTime"`
	End   string     `json:"endTime"`
	Label string     `json:"voiceToneLabel"`
	Score toneScores `json:"voiceToneScore"`
	Begin *int64     `json:"beginOffsetMillis,omitempty"` // on a pipeline alone
	Until *int64     `json:"endOffsetMillis,omitempty"`
}

type toneScores struct {
	Neutral  float32 `json:"neutral"`
	Positive float32 `json:"positive"`
	Negative float32 `json:"negative"`
}

func voiceTone(e timbre.Event) toneDetail {
	d := toneDetail{taskDetail: taskOf(e), named: namedOf(e)}
	if e.Current != nil || e.Overall != nil {
		d.Details = &toneDetails{span(e.Current), span(e.Overall)}
	}
	return d
}

func span(s *timbre.ToneSpan) *toneSpan {
	if s == nil {
		return nil
	}
	scores := toneScores{float32(s.Tone.Neutral), float32(s.Tone.Positive), float32(s.Tone.Negative)}
	return &toneSpan{Start: formatMillis(s.Start), End: formatMillis(s.End), Label: s.Tone.Label(), Score: scores}
}
