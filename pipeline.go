package timbre

import "time"

// PipelineStatus is a state of a media insights pipeline, or of one of its elements, as the API spells it.
type PipelineStatus string

const (
	PipelineNotStarted   PipelineStatus = "NotStarted"
	PipelineNotSupported PipelineStatus = "NotSupported" // of elements alone
	PipelineInitializing PipelineStatus = "Initializing"
	PipelineInProgress   PipelineStatus = "InProgress"
	PipelinePaused       PipelineStatus = "Paused"
	PipelineStopped      PipelineStatus = "Stopped"
	PipelineTroubled     PipelineStatus = "TemporarilyFailed" // of elements alone, and in events alone
	PipelineFailed       PipelineStatus = "Failed"
)

// Pipeline is a media insights pipeline: the analysis of one or two streams of a call by the elements of a configuration.
type Pipeline struct {
	ID, ARN            string // the id is a UUID
	ConfigurationARN   string
	ConnectorID        string // that made it on its own; empty when it was made by hand
	TransactionID      string // of the call whose streams it takes
	Encoding           string // of the streams, as given: pcm
	SampleRate         int    // of the streams, in Hz
	Streams            []PipelineStream
	Metadata           map[string]string // told with every change of its state
	Elements           []ElementStatus   // those of the configuration that have a status, in its order
	Tags               map[string]string
	Token, Fingerprint string // ClientRequestToken of the creation, and a digest of its parameters
	Reason             string // why it failed
	Created, Updated   time.Time
	Paused             time.Time // zero while it is not
	Ended              time.Time // zero while it lives
}

// PipelineStream is a stream that a pipeline takes.
type PipelineStream struct {
	ARN      string
	Fragment string // where in it the pipeline was asked to begin; empty: it was not said
	Channels int
	Defined  []Channel
}

// Channel of a stream, with its role: AGENT, CUSTOMER or none.
type Channel struct {
	ID   int
	Role string
}

// ElementStatus is where an element of a pipeline stands.
type ElementStatus struct {
	Type    string
	Status  PipelineStatus
	Detail  string // why it is TemporarilyFailed
	Updated time.Time
}

// Status of a pipeline follows from those of its elements, apart from those that are not supported. Without any other
// it follows from the pipeline's own life.
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
	case count[PipelineInProgress]+count[PipelineTroubled] > 0:
		return PipelineInProgress
	case count[PipelineInitializing] > 0:
		return PipelineInitializing
	}
	return PipelineNotStarted
}

// Stream finds a stream of a pipeline; nil when it takes none of that name.
func (p *Pipeline) Stream(arn string) *PipelineStream {
	for i := range p.Streams {
		if p.Streams[i].ARN == arn {
			return &p.Streams[i]
		}
	}
	return nil
}

// Role of a channel, empty when it has none. A stream of one channel has the channel 0 whatever its definition calls it;
// false when the stream has no such channel.
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

// PipelineSource is what a task listens to that was started on a pipeline: one channel of one of its streams.
type PipelineSource struct {
	PipelineID, PipelineARN, ConfigurationARN string
	StreamARN                                 string
	Channel                                   int
	Role                                      string // AGENT, CUSTOMER or empty
	Fragment                                  string // where in the stream the task begins
}

// The bounds of a pipeline's life.
const (
	PipelineSilence = 15 * time.Second // in progress, without media
	PipelineLife    = 8 * time.Hour
	PipelinePause   = 2 * time.Hour
)
