package timbre

import "time"

// TaskKind is the kind of a task.
type TaskKind uint8

const (
	SpeakerSearch TaskKind = iota + 1
	VoiceTone
)

func (k TaskKind) String() string { return [...]string{"", "speaker search", "voice tone"}[k] }

// TaskStatus is the state of a task, as the API spells it.
type TaskStatus string

const (
	InQueue        TaskStatus = "IN_QUEUE"
	InProgress     TaskStatus = "IN_PROGRESS"
	PartialSuccess TaskStatus = "PARTIAL_SUCCESS"
	Succeeded      TaskStatus = "SUCCEEDED"
	Failed         TaskStatus = "FAILED"
	Stopped        TaskStatus = "STOPPED"
)

// Task is one speaker search or one voice tone analysis on a call.
type Task struct {
	ID                         string // a UUID
	Kind                       TaskKind
	ConnectorID, TransactionID string
	DomainID                   string          // speaker search
	Side                       Side            // speaker search: the leg that is analysed
	Source                     *PipelineSource // the stream it analyses if it was started on a pipeline; nil if it was started on the connector
	Status                     TaskStatus
	Active                     bool // still analysing: PARTIAL_SUCCESS occurs both before and after the end
	Message                    string
	Token, Fingerprint         string // ClientRequestToken of the start, and a digest of its parameters

	Identified       bool // identification has run, with or without a match
	Matches          []Match
	RunnerUp         float64     // the probability of the best profile that is no match; 0: there is none, or an older version has searched
	VoiceprintStatus string      // VoiceprintGenerationSuccess, VoiceprintGenerationFailure or empty
	Voiceprint       *Voiceprint // nil until it is computed, and after it has been erased
	VoiceprintMade   time.Time
	ProfileID        string // the profile that was created from it

	Created, Updated, Started time.Time
	Ended                     time.Time // when it ceased to be active
}

// Owner returns the id of the pipeline or connector that the task was started on.
func (t *Task) Owner() string {
	if t.Source != nil {
		return t.Source.PipelineID
	}
	return t.ConnectorID
}
