// Package pipelines performs the operations of Amazon Chime SDK Media Pipelines that Timbre supports: on media insights pipeline
// configurations, which define the processors and sinks of calls, on pipelines, and on the tasks of pipelines.
//
// The input structures of the SDK come in, validated against the model; its output structures go out. The package decides what the
// model leaves open: which elements are compatible and which targets a sink can have. Elements are stored and returned as received,
// including the members that Timbre does not act on.
package pipelines

import (
	"context"

	"timbre"
	"timbre/api/document"
	"timbre/api/rest"
	"timbre/environment"
)

// Store is the durable state behind the operations.
type Store interface {
	timbre.Configurations
	timbre.PipelineReader
	timbre.PipelineLister
	timbre.DomainReader
	timbre.Resources
	timbre.Tags
}

// Pipelines runs media insights pipelines and the tasks on them. An identifier is the id of a pipeline or its ARN.
type Pipelines interface {
	Create(ctx context.Context, p timbre.Pipeline) (timbre.Pipeline, error)
	timbre.PipelineReader
	Pause(ctx context.Context, identifier string) error
	Resume(ctx context.Context, identifier string) error
	Delete(ctx context.Context, identifier string) error
	Start(ctx context.Context, identifier string, t timbre.Task) (timbre.Task, error)
	Task(ctx context.Context, kind timbre.TaskKind, identifier, id string) (timbre.Task, error)
	timbre.TaskStopper // the owner is a pipeline
	// Free does something that a live pipeline refuses with a Conflict.
	Free(ctx context.Context, do func() error) error
}

// Deps is what the operations act on.
type Deps struct {
	Store     Store
	Pipelines Pipelines
	Targets   timbre.TargetChecker
}

// service has one method for each operation.
type service struct {
	env   environment.Environment
	deps  Deps
	pools document.Collection[pool]
}

// Register adds the operations to the mux.
func Register(m *rest.Mux, env environment.Environment, deps Deps) {
	env = env.Complete()
	s := &service{env, deps, document.New[pool](env, Pool, deps.Store)}
	registerStored(m, s)
	registerRefused(m)
	rest.Handle(m, rest.Pipelines, "CreateMediaInsightsPipelineConfiguration", s.createConfiguration)
	rest.Handle(m, rest.Pipelines, "GetMediaInsightsPipelineConfiguration", s.getConfiguration)
	rest.Handle(m, rest.Pipelines, "ListMediaInsightsPipelineConfigurations", s.listConfigurations)
	rest.Handle(m, rest.Pipelines, "UpdateMediaInsightsPipelineConfiguration", s.updateConfiguration)
	rest.Handle(m, rest.Pipelines, "DeleteMediaInsightsPipelineConfiguration", s.deleteConfiguration)

	rest.Handle(m, rest.Pipelines, "CreateMediaInsightsPipeline", s.createPipeline)
	rest.Handle(m, rest.Pipelines, "GetMediaPipeline", s.getPipeline)
	rest.Handle(m, rest.Pipelines, "ListMediaPipelines", s.listPipelines)
	rest.Handle(m, rest.Pipelines, "DeleteMediaPipeline", s.deletePipeline)
	rest.Handle(m, rest.Pipelines, "UpdateMediaInsightsPipelineStatus", s.updateStatus)

	rest.Handle(m, rest.Pipelines, "StartSpeakerSearchTask", s.startSearch)
	rest.Handle(m, rest.Pipelines, "GetSpeakerSearchTask", s.getSearch)
	rest.Handle(m, rest.Pipelines, "StopSpeakerSearchTask", s.stopSearch)
	rest.Handle(m, rest.Pipelines, "StartVoiceToneAnalysisTask", s.startTone)
	rest.Handle(m, rest.Pipelines, "GetVoiceToneAnalysisTask", s.getTone)
	rest.Handle(m, rest.Pipelines, "StopVoiceToneAnalysisTask", s.stopTone)
	rest.Handle(m, rest.Pipelines, "TagResource", s.tagResource)
	rest.Handle(m, rest.Pipelines, "UntagResource", s.untagResource)
	rest.Handle(m, rest.Pipelines, "ListTagsForResource", s.listTags)
}
