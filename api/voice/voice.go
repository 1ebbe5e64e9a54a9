// Package voice performs the operations of Amazon Chime SDK Voice that Timbre supports.
//
// The input structures of the SDK come in, validated against the model; its output structures go out. Durable state is behind Store,
// running tasks are behind Tasks; structures of the SDK stay within this package. The package decides what the model leaves open,
// such as formats of ids and references between resources. The life of a task belongs to package task.
package voice

import (
	"context"

	"timbre"
	"timbre/api/rest"
	"timbre/environment"
)

// Store is the durable state behind the operations. It reads no digests of credentials and no voiceprints.
type Store interface {
	timbre.Connectors
	timbre.ConnectorSettings
	timbre.Domains
	timbre.ProfileManager
	timbre.Resources
	timbre.Tags
}

// Tasks runs tasks and enrols their voiceprints. The owner of a task is the id of its connector.
type Tasks interface {
	timbre.TaskControl
	Enrol(ctx context.Context, taskID string) (timbre.Profile, error)
	Renew(ctx context.Context, profileID, taskID string) (timbre.Profile, error)
}

// Calls are those on the connectors.
type Calls interface {
	// Free does something that a live call refuses with a Conflict.
	Free(ctx context.Context, do func() error) error
}

// Pings returns the last SIP OPTIONS request for each connector.
type Pings interface {
	LastPing(connectorID string) (timbre.Ping, bool)
}

// Logs are those that connectors ask for.
type Logs interface {
	// Forget erases the logs of a connector that is no more.
	Forget(connectorID string)
}

// Deps is what the operations act on.
type Deps struct {
	Store Store
	Calls Calls
	Tasks Tasks
	Pings Pings
	Logs  Logs // nil: there are none
}

// service has one method for each operation.
type service struct {
	env  environment.Environment
	deps Deps
	collections
}

func newService(env environment.Environment, deps Deps) *service {
	env = env.Complete()
	return &service{env, deps, newCollections(env, deps.Store)}
}

// Register adds the operations to the mux.
func Register(m *rest.Mux, env environment.Environment, deps Deps) {
	s := newService(env, deps)
	registerStored(m, s)
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
