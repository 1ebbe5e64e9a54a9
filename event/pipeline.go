package event

import "timbre"

// sourceDetail identifies the source of a task that was started on a pipeline.
type sourceDetail struct {
	PipelineID  string `json:"mediaInsightsPipelineId"`
	PipelineARN string `json:"sourceArn"`
	StreamARN   string `json:"streamArn"`
	Channel     int    `json:"channelId"`
	Role        string `json:"participantRole,omitempty"`
	Fragment    string `json:"startFragmentNumber"`
}

func sourceDetailOf(s *timbre.PipelineSource) sourceDetail {
	return sourceDetail{s.PipelineID, s.PipelineARN, s.StreamARN, s.Channel, s.Role, s.Fragment}
}

// pipelineSearch and pipelineTone are the details of a task's events on a pipeline: the source replaces the caller.
type pipelineSearch struct {
	taskDetail
	Details *searchResults `json:"speakerSearchDetails,omitempty"`
	sourceDetail
	sourceCall
}

type pipelineTone struct {
	taskDetail
	Details *toneDetails `json:"voiceToneAnalysisDetails,omitempty"`
	sourceDetail
	sourceCall
}

// sourceCall names the call of a stream. The original leaves consumers to find it by the stream. A transactionId would make them take the
// event for one of a task on a connector.
type sourceCall struct {
	CallID string `json:"callId,omitempty"`
}

// onPipeline is the detail of the event of a task on a pipeline.
func onPipeline(e timbre.Event) any {
	source, call := sourceDetailOf(e.Source), sourceCall{e.Call.CallID}
	if e.Type == timbre.SpeakerSearchStatus {
		return pipelineSearch{taskOf(e), speakerSearch(e).Details, source, call}
	}
	tones := voiceTone(e).Details
	if tones != nil {
		tones.Current.offsets(e.Current, e.Overall)
		tones.Overall.offsets(e.Overall, e.Overall)
	}
	return pipelineTone{taskOf(e), tones, source, call}
}

// offsets sets the place of a span in the stream, from the fragment on at which the task began: the begin of its overall span.
func (s *toneSpan) offsets(of, overall *timbre.ToneSpan) {
	if s == nil || overall == nil {
		return
	}
	s.Begin, s.Until = new(of.Start.Sub(overall.Start).Milliseconds()), new(of.End.Sub(overall.Start).Milliseconds())
}
