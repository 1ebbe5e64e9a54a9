package timbre

import "time"

// EventType is the detail-type of an event.
type EventType string

const (
	VoiceAnalyticsStatus EventType = "VoiceAnalyticsStatus"
	SpeakerSearchStatus  EventType = "SpeakerSearchStatus"
	VoiceToneStatus      EventType = "VoiceToneAnalysisStatus"
	StreamingStatus      EventType = "Chime VoiceConnector Streaming Status"
	PipelineState        EventType = "Media Insights State Change"
	CallMetadata         EventType = "CallAnalyticsMetadata"
	TollGuardStatus      EventType = "Chime VoiceConnector Toll Guard"
)

// The detailStatus, or streamingStatus, of the events.
const (
	AnalyticsReady              = "AnalyticsReady"
	PostCallVoiceAnalytics      = "PostCallVoiceAnalytics"
	IdentificationSuccessful    = "IdentificationSuccessful"
	IdentificationNoMatches     = "IdentificationNoMatchesFound"
	IdentificationFailure       = "IdentificationFailure"
	VoiceprintGenerationSuccess = "VoiceprintGenerationSuccess"
	VoiceprintGenerationFailure = "VoiceprintGenerationFailure"
	ToneSuccessful              = "VoiceToneAnalysisSuccessful"
	ToneFailure                 = "VoiceToneAnalysisFailure"
	ToneCompleted               = "VoiceToneAnalysisCompleted"
	StreamingStarted            = "STARTED"
	StreamingAllStarted         = "ALL_STARTED"
	StreamingEnded              = "ENDED"
	StreamingFailed             = "FAILED"
	StreamingUpdated            = "UPDATED"
	InsightsCreated             = "chime:MediaInsightsCreated"
	InsightsCreateFailed        = "chime:MediaInsightsCreateFailed"
	InsightsInProgress          = "chime:MediaInsightsInProgress"
	InsightsPaused              = "chime:MediaInsightsPaused"
	InsightsStopped             = "chime:MediaInsightsStopped"
	InsightsTemporaryFailure    = "chime:MediaInsightsTemporaryFailure"
	InsightsFailed              = "chime:MediaInsightsPermanentFailure"
	TollGuardTripped            = "TollGuardTripped"
	CallMetadataUpdate          = "Update" // of CallMetadata: a message within the call came; without a status, the call began
)

// Event is a notification before it is rendered.
type Event struct {
	ID            string // a UUID, unique
	Sequence      int64  // greater than that of each earlier event; given when the event is rendered
	Type          EventType
	Status        string
	Time          time.Time
	TaskID        string // of task events
	StatusMessage string // the reason of a failure, or what limits a result
	Call          Call   // as of Time; for task events at least ConnectorID, TransactionID and the leg
	Leg           int    // index in Call.Legs
	Matches       []Match
	Current       *ToneSpan       // last 30 s
	Overall       *ToneSpan       // since the task's start
	Source        *PipelineSource // of events of a task that was started on a pipeline
	Summary       *Summary        // of PostCallVoiceAnalytics
	Pipeline      *Pipeline       // of PipelineState and CallMetadata, as of Time
	Kind          Kind            // of InsightsCreateFailed: what went wrong
	Toll          *TollTrip       // of TollGuardStatus, whose Call has connector, Call-ID and numbers alone
}

// Notice is an event rendered for one target. Delivery is at least once, and in order within a Key and Target; ID and Payload
// are the same in every attempt.
type Notice struct {
	ID      string // of the event, as in its payload
	Key     string // task id, or transaction id
	Target  string // ARN of a queue, topic, function or webhook
	Role    string // ARN of the role to assume for an AWS target; empty: none
	Payload []byte // one JSON object
	Yield   Yield  // when the outbox is full
	Created time.Time
	Call    string // transaction id of the call that it tells of: its trace; empty for notices that older versions made
}

// Pending is a notice in the outbox.
type Pending struct {
	Notice
	Seq    int64         // its position in the outbox
	Tries  int           // attempts so far
	Waited time.Duration // between them
}
