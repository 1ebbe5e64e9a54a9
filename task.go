package timbre

import "time"

// TaskKind tells the two kinds of task apart.
type TaskKind uint8

const (
	SpeakerSearch TaskKind = iota + 1
	VoiceTone
)

func (k TaskKind) String() string { return [...]string{"", "speaker search", "voice tone"}[k] }

// TaskStatus is a state as the API spells it.
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
	Side                       Side            // speaker search: the leg that is listened to
	Source                     *PipelineSource // what it listens to, when it was started on a pipeline; nil: started on the connector
	Status                     TaskStatus
	Active                     bool // still listening; PARTIAL_SUCCESS alone does not tell
	Message                    string
	Token, Fingerprint         string // ClientRequestToken of the start, and a digest of its parameters

	Identified       bool // the search has been done, whatever it found
	Matches          []Match
	VoiceprintStatus string      // VoiceprintGenerationSuccess, VoiceprintGenerationFailure or empty
	Voiceprint       *Voiceprint // nil before it is made, and after it has been erased
	VoiceprintMade   time.Time
	ProfileID        string // the profile created from it

	Created, Updated, Started time.Time
	Ended                     time.Time // when it stopped being active
}

// Owner is what the task was started on: the id of a pipeline, or of a connector.
func (t *Task) Owner() string {
	if t.Source != nil {
		return t.Source.PipelineID
	}
	return t.ConnectorID
}
