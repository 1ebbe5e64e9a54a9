package event

import "timbre"

// kind is a kind of events: what the schemas and the page of events are made from, beside the structs that the code renders.
type kind struct {
	name     string
	eventOf  timbre.EventType
	statuses []string
	detail   any    // the struct of its detail; nil: the kind has no detail
	record   any    // the struct of the whole, if it has no detail
	channel  string // who gets it
	when     string
	golden   []string // the first is the example of the page
}

// The channels of events.
const (
	analytics  = "analytics"
	streams    = "streaming"
	pipelines  = "pipelines"
	dataStream = "dataStream"
	operator   = "operator"
)

// channels says where the events of each go.
var channels = map[string]string{
	analytics:  "The sinks of the call analytics configuration: that of the connector, or that of the pipeline on which the task was started.",
	streams:    "The targets that the connector's streaming configuration names, where `notify.streaming` maps them to.",
	pipelines:  "Where `notify.streaming` maps EventBridge to.",
	dataStream: "The KinesisDataStreamSink elements of the pipeline's configuration.",
	operator:   "Every target that `notify.streaming` names, whatever the connector names.",
}

var identified = []string{timbre.IdentificationSuccessful, timbre.IdentificationNoMatches, timbre.IdentificationFailure, timbre.VoiceprintGenerationSuccess, timbre.VoiceprintGenerationFailure}

var toned = []string{timbre.ToneSuccessful, timbre.ToneFailure, timbre.ToneCompleted}

var kinds = []kind{
	{
		name: "AnalyticsReady", eventOf: timbre.VoiceAnalyticsStatus, statuses: []string{timbre.AnalyticsReady}, detail: readyDetail{}, channel: analytics,
		when:   "A leg of a call can be analysed: the call has begun, or the leg has joined it. Only if the connector's configuration has voice analytics.",
		golden: []string{"ready", "ready_mixed"},
	},
	{
		name: "SpeakerSearch", eventOf: timbre.SpeakerSearchStatus, statuses: identified, detail: searchDetail{}, channel: analytics,
		when: "A speaker search that was started on the connector has a result. After 10 s of net speech, or later if the result is unsure: " +
			"IdentificationSuccessful or IdentificationNoMatchesFound. After 20 s: VoiceprintGenerationSuccess. Instead of either the failure, with the reason.",
		golden: []string{"identified", "no_match", "identification_failed", "voiceprint", "voiceprint_failed"},
	},
	{
		name: "PipelineSpeakerSearch", eventOf: timbre.SpeakerSearchStatus, statuses: identified, detail: pipelineSearch{}, channel: analytics,
		when:   "As SpeakerSearch, of a task that was started on a pipeline.",
		golden: []string{"pipeline_identified", "pipeline_no_match", "pipeline_identification_failed", "pipeline_voiceprint", "pipeline_voiceprint_failed"},
	},
	{
		name: "VoiceTone", eventOf: timbre.VoiceToneStatus, statuses: toned, detail: toneDetail{}, channel: analytics,
		when: "Every 5 s of media time, VoiceToneAnalysisSuccessful for each leg that has 3 s of net speech in the last 30 s. At the end of the call " +
			"VoiceToneAnalysisCompleted, once a leg. VoiceToneAnalysisFailure: no speech for 10 s, audio too poor to score, or an overloaded server.",
		golden: []string{"tone", "tone_mixed", "tone_completed", "tone_failed"},
	},
	{
		name: "PipelineVoiceTone", eventOf: timbre.VoiceToneStatus, statuses: toned, detail: pipelineTone{}, channel: analytics,
		when:   "As VoiceTone, of a task that was started on a pipeline.",
		golden: []string{"pipeline_tone", "pipeline_tone_completed", "pipeline_tone_failed"},
	},
	{
		name: "PostCall", eventOf: timbre.VoiceAnalyticsStatus, statuses: []string{timbre.PostCallVoiceAnalytics}, detail: postCallDetail{}, channel: analytics,
		when: "Five minutes after the end of a call on which a task was started, once for each leg that was searched; once, without a match, if tone " +
			"alone was analysed. Tasks on a pipeline have an event of their own, with the fields of the pipeline.",
		golden: []string{"post_call", "post_call_mixed", "post_call_tone", "pipeline_post_call"},
	},
	{
		name: "StreamStarted", eventOf: timbre.StreamingStatus, statuses: []string{timbre.StreamingStarted, timbre.StreamingEnded}, detail: startedDetail{}, channel: streams,
		when:   "The stream of a leg starts (STARTED), or ends because a party hung up (ENDED, with `endTime`). Once a leg.",
		golden: []string{"streaming_started", "streaming_late", "streaming_mixed", "streaming_ended"},
	},
	{
		name: "AllStreamsStarted", eventOf: timbre.StreamingStatus, statuses: []string{timbre.StreamingAllStarted}, detail: allStartedDetail{}, channel: streams,
		when:   "The second stream of a call has started. Once a call. AWS does not document it, but its samples wait for it.",
		golden: []string{"streaming_all"},
	},
	{
		name: "StreamUpdated", eventOf: timbre.StreamingStatus, statuses: []string{timbre.StreamingUpdated}, detail: updatedDetail{}, channel: streams,
		when:   "A re-INVITE or UPDATE came within the call.",
		golden: []string{"streaming_updated"},
	},
	{
		name: "StreamFailed", eventOf: timbre.StreamingStatus, statuses: []string{timbre.StreamingFailed}, detail: failedDetail{}, channel: streams,
		when:   "The call ended in another way than that a party hung up, such as without media or with the server. Once a leg.",
		golden: []string{"streaming_failed"},
	},
	{
		name: "PipelineState", eventOf: timbre.PipelineState, detail: stateDetail{}, channel: pipelines,
		statuses: []string{
			timbre.InsightsCreated, timbre.InsightsCreateFailed, timbre.InsightsInProgress, timbre.InsightsPaused, timbre.InsightsStopped,
			timbre.InsightsTemporaryFailure, timbre.InsightsFailed,
		},
		when: "The state of a media insights pipeline changes; [pipelines](pipeline.md#states) has the states. Beside these fields, `detail` has each key of the " +
			"pipeline's MediaInsightsRuntimeMetadata. Of a pipeline that a connector created these are transactionId, voiceConnectorId, callId, fromNumber, toNumber and direction.",
		golden: []string{"pipeline_in_progress", "pipeline_created", "pipeline_create_failed", "pipeline_paused", "pipeline_stopped", "pipeline_troubled", "pipeline_failed"},
	},
	{
		name: "CallMetadata", eventOf: timbre.CallMetadata, statuses: []string{timbre.CallMetadataUpdate}, record: metadataRecord{}, channel: dataStream,
		when: "A call has begun for which its connector created a pipeline; again, with `\"callevent-type\": \"Update\"`, for each re-INVITE or UPDATE within it. " +
			"`metadata` is JSON in a string: voiceConnectorId, callId, transactionId, fromNumber, toNumber, direction, and oneTimeMetadata. That is JSON in a string again: " +
			"inviteHeaders (sipHeaders in an update), JSON in a string; siprecMetadata, XML; siprecMetadataJson, the same as JSON in a string.",
		golden: []string{"metadata", "metadata_update", "metadata_unreadable"},
	},
	{
		name: "TollGuard", eventOf: timbre.TollGuardStatus, statuses: []string{timbre.TollGuardTripped}, detail: tollDetail{}, channel: operator,
		when: "The [toll guard](trunk.md#toll-guard) has refused or ended a bridged call. The first of a credential (or of all callers known by their address) " +
			"and reason is told at once, more once a minute with their number. AWS has no such event.",
		golden: []string{"toll", "toll_by_address"},
	},
}
