// Package voice carries out the operations of Amazon Chime SDK Voice that Timbre serves.
//
// In come the SDK's input structures, already checked against the model; out go its output structures. Between them stand
// the words of package timbre: what is durable is behind Store, what runs is behind Tasks, and the SDK's structures go no
// further than this package. It decides what the model leaves open, such as forms of ids and what refers to what; the
// life of a task is not its affair.
package voice

import (
	"context"
	"time"

	"timbre"
	"timbre/api/keep"
	"timbre/api/rest"
	"timbre/api/tag"
)

// Store is the durable state that the operations read and write. Its errors are *timbre.Error: NotFound for what is not
// there, Conflict for what stands in the way.
type Store interface {
	CreateConnector(ctx context.Context, c timbre.Connector) error
	Connector(ctx context.Context, id string) (timbre.Connector, error)
	ListConnectors(ctx context.Context, p timbre.Page) ([]timbre.Connector, error)
	DeleteConnector(ctx context.Context, id string) error

	PutStreaming(ctx context.Context, connectorID string, s timbre.Streaming) error
	Streaming(ctx context.Context, connectorID string) (timbre.Streaming, error)
	DeleteStreaming(ctx context.Context, connectorID string) error

	PutTermination(ctx context.Context, connectorID string, t timbre.Termination) error
	Termination(ctx context.Context, connectorID string) (timbre.Termination, error)
	DeleteTermination(ctx context.Context, connectorID string) error

	UpdateConnector(ctx context.Context, id string, change func(*timbre.Connector)) (timbre.Connector, error)
	PutOrigination(ctx context.Context, connectorID string, o timbre.Origination) error
	Origination(ctx context.Context, connectorID string) (timbre.Origination, error)
	DeleteOrigination(ctx context.Context, connectorID string) error
	PutLogging(ctx context.Context, connectorID string, l timbre.Logging) error
	Logging(ctx context.Context, connectorID string) (timbre.Logging, error)
	PutCredentials(ctx context.Context, connectorID string, c []timbre.Credential) error
	Usernames(ctx context.Context, connectorID string) ([]string, error)
	DeleteCredentials(ctx context.Context, connectorID string, usernames []string) error
	tag.Store

	CreateDomain(ctx context.Context, d timbre.Domain) error
	Domain(ctx context.Context, id string) (timbre.Domain, error)
	DomainByToken(ctx context.Context, token string) (timbre.Domain, error)
	UpdateDomain(ctx context.Context, id string, change func(*timbre.Domain)) (timbre.Domain, error)
	ListDomains(ctx context.Context, p timbre.Page) ([]timbre.Domain, error)
	DeleteDomain(ctx context.Context, id string) error

	Profile(ctx context.Context, id string) (timbre.Profile, error)
	ListProfiles(ctx context.Context, domainID string, p timbre.Page) ([]timbre.Profile, error)
	DeleteProfile(ctx context.Context, id string) error

	keep.Store
}

// Tasks runs speaker searches and tone analyses, and turns their voiceprints into profiles.
type Tasks interface {
	Start(ctx context.Context, t timbre.Task) (timbre.Task, error)
	Get(ctx context.Context, kind timbre.TaskKind, connectorID, id string) (timbre.Task, error)
	Stop(ctx context.Context, kind timbre.TaskKind, connectorID, id string) error
	Enrol(ctx context.Context, taskID string) (timbre.Profile, error)
	Renew(ctx context.Context, profileID, taskID string) (timbre.Profile, error)
}

// Pings knows the last SIP OPTIONS of each connector's callers.
type Pings interface {
	LastPing(connectorID string) (timbre.Ping, bool)
}

// Deps is what the operations need.
type Deps struct {
	Store           Store
	Tasks           Tasks
	Pings           Pings
	Region, Account string        // of the ARNs that are made
	NewID           func() string // a UUID
	Now             func() time.Time
}

// service holds the operations as methods, one each.
type service struct {
	Deps
	shelves
}

// Register ties the operations into the mux.
func Register(m *rest.Mux, d Deps) {
	s := &service{d, newShelves(d)}
	registerKept(m, s)
	registerRefused(m)
	rest.Handle(m, rest.Voice, "CreateVoiceConnector", s.createConnector)
	rest.Handle(m, rest.Voice, "GetVoiceConnector", s.getConnector)
	rest.Handle(m, rest.Voice, "ListVoiceConnectors", s.listConnectors)
	rest.Handle(m, rest.Voice, "DeleteVoiceConnector", s.deleteConnector)
	rest.Handle(m, rest.Voice, "PutVoiceConnectorStreamingConfiguration", s.putStreaming)
	rest.Handle(m, rest.Voice, "GetVoiceConnectorStreamingConfiguration", s.getStreaming)
	rest.Handle(m, rest.Voice, "DeleteVoiceConnectorStreamingConfiguration", s.deleteStreaming)
	rest.Handle(m, rest.Voice, "PutVoiceConnectorTermination", s.putTermination)
	rest.Handle(m, rest.Voice, "GetVoiceConnectorTermination", s.getTermination)
	rest.Handle(m, rest.Voice, "DeleteVoiceConnectorTermination", s.deleteTermination)

	rest.Handle(m, rest.Voice, "UpdateVoiceConnector", s.updateConnector)
	rest.Handle(m, rest.Voice, "ListAvailableVoiceConnectorRegions", s.listRegions)
	rest.Handle(m, rest.Voice, "PutVoiceConnectorOrigination", s.putOrigination)
	rest.Handle(m, rest.Voice, "GetVoiceConnectorOrigination", s.getOrigination)
	rest.Handle(m, rest.Voice, "DeleteVoiceConnectorOrigination", s.deleteOrigination)
	rest.Handle(m, rest.Voice, "PutVoiceConnectorLoggingConfiguration", s.putLogging)
	rest.Handle(m, rest.Voice, "GetVoiceConnectorLoggingConfiguration", s.getLogging)
	rest.Handle(m, rest.Voice, "PutVoiceConnectorTerminationCredentials", s.putCredentials)
	rest.Handle(m, rest.Voice, "ListVoiceConnectorTerminationCredentials", s.listCredentials)
	rest.Handle(m, rest.Voice, "DeleteVoiceConnectorTerminationCredentials", s.deleteCredentials)
	rest.Handle(m, rest.Voice, "GetVoiceConnectorTerminationHealth", s.getHealth)
	rest.Handle(m, rest.Voice, "TagResource", s.tagResource)
	rest.Handle(m, rest.Voice, "UntagResource", s.untagResource)
	rest.Handle(m, rest.Voice, "ListTagsForResource", s.listTags)

	rest.Handle(m, rest.Voice, "CreateVoiceProfileDomain", s.createDomain)
	rest.Handle(m, rest.Voice, "GetVoiceProfileDomain", s.getDomain)
	rest.Handle(m, rest.Voice, "UpdateVoiceProfileDomain", s.updateDomain)
	rest.Handle(m, rest.Voice, "ListVoiceProfileDomains", s.listDomains)
	rest.Handle(m, rest.Voice, "DeleteVoiceProfileDomain", s.deleteDomain)

	rest.Handle(m, rest.Voice, "CreateVoiceProfile", s.createProfile)
	rest.Handle(m, rest.Voice, "GetVoiceProfile", s.getProfile)
	rest.Handle(m, rest.Voice, "UpdateVoiceProfile", s.updateProfile)
	rest.Handle(m, rest.Voice, "ListVoiceProfiles", s.listProfiles)
	rest.Handle(m, rest.Voice, "DeleteVoiceProfile", s.deleteProfile)

	rest.Handle(m, rest.Voice, "StartSpeakerSearchTask", s.startSearch)
	rest.Handle(m, rest.Voice, "GetSpeakerSearchTask", s.getSearch)
	rest.Handle(m, rest.Voice, "StopSpeakerSearchTask", s.stopSearch)
	rest.Handle(m, rest.Voice, "StartVoiceToneAnalysisTask", s.startTone)
	rest.Handle(m, rest.Voice, "GetVoiceToneAnalysisTask", s.getTone)
	rest.Handle(m, rest.Voice, "StopVoiceToneAnalysisTask", s.stopTone)
}
