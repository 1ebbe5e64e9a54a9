package timbre

import "time"

// PipelineStatus is a state of a media insights pipeline, or of one of its elements, as the API spells it.
type PipelineStatus string

const (
	PipelineNotStarted        PipelineStatus = "NotStarted"
	PipelineNotSupported      PipelineStatus = "NotSupported" // of elements alone
	PipelineInitializing      PipelineStatus = "Initializing"
	PipelineInProgress        PipelineStatus = "InProgress"
	PipelinePaused            PipelineStatus = "Paused"
	PipelineStopped           PipelineStatus = "Stopped"
	PipelineTemporarilyFailed PipelineStatus = "TemporarilyFailed" // of elements alone, and in events alone
	PipelineFailed            PipelineStatus = "Failed"
)

// Pipeline is a media insights pipeline: it processes one or two streams of a call with the elements of a configuration.
type Pipeline struct {
	ID, ARN            string // the id is a UUID
	ConfigurationARN   string
	ConnectorID        string // the connector that created it; empty if the API did
	TransactionID      string // of the call whose streams it processes
	Encoding           string // of the streams, as requested: pcm
	SampleRate         int    // of the streams, in Hz
	Streams            []PipelineStream
	Metadata           map[string]string // sent with every change of its state
	Elements           []ElementStatus   // elements of the configuration that have a status, in its order
	Tags               map[string]string
	Token, Fingerprint string // ClientRequestToken of the creation, and a digest of its parameters
	Reason             string // why it failed
	Created, Updated   time.Time
	Paused             time.Time // zero unless it is paused
	Ended              time.Time // zero while it is live
}

// PipelineStream is a stream that a pipeline processes.
type PipelineStream struct {
	ARN      string
	Fragment string // where the pipeline was asked to begin; empty if not given
	Channels int
	Defined  []Channel
}

// Channel of a stream, with its role: AGENT, CUSTOMER or none.
type Channel struct {
	ID   int
	Role string
}

// ElementStatus is the status of an element of a pipeline.
type ElementStatus struct {
	Type    string
	Status  PipelineStatus
	Detail  string // why it is TemporarilyFailed
	Updated time.Time
}

// Status follows from the statuses of the supported elements. Without any, it follows from the life of the pipeline.
func (p *Pipeline) Status() PipelineStatus {
	count, all := map[PipelineStatus]int{}, 0
	for _, e := range p.Elements {
		if e.Status != PipelineNotSupported {
			count[e.Status]++
			all++
		}
	}
	switch {
	case p.Reason != "" || count[PipelineFailed] > 0:
		return PipelineFailed
	case !p.Ended.IsZero():
		return PipelineStopped
	case !p.Paused.IsZero():
		return PipelinePaused
	case count[PipelineInProgress]+count[PipelineTemporarilyFailed] > 0:
		return PipelineInProgress
	case count[PipelineInitializing] > 0:
		return PipelineInitializing
	}
	return PipelineNotStarted
}

// Stream returns the stream with an ARN, or nil.
func (p *Pipeline) Stream(arn string) *PipelineStream {
	for i := range p.Streams {
		if p.Streams[i].ARN == arn {
			return &p.Streams[i]
		}
	}
	return nil
}

// Role returns the role of a channel, empty for none: false if the stream has no such channel. Channel 0 always exists,
// whatever number its definition gives it.
func (s *PipelineStream) Role(channel int) (role string, ok bool) {
	for _, c := range s.Defined {
		if c.ID == channel {
			return c.Role, true
		}
	}
	if len(s.Defined) > 0 {
		role = s.Defined[0].Role
	}
	return role, channel == 0
}

// PipelineSource is what a task on a pipeline analyses: one channel of one of its streams.
type PipelineSource struct {
	PipelineID, PipelineARN, ConfigurationARN string
	StreamARN                                 string
	Channel                                   int
	Role                                      string // AGENT, CUSTOMER or empty
	Fragment                                  string // where in the stream the task begins
}

// The limits of a pipeline's life.
const (
	PipelineSilence = 15 * time.Second // without media, while in progress
	PipelineLife    = 8 * time.Hour
	PipelinePause   = 2 * time.Hour
)
