package timbre

import "context"

// ConfigurationReader reads a media insights pipeline configuration by id, name or ARN: NotFound if there is none.
type ConfigurationReader interface {
	Configuration(ctx context.Context, identifier string) (Configuration, error)
}

// Configurations reads and writes media insights pipeline configurations by id, name or ARN.
type Configurations interface {
	ConfigurationReader
	// CreateConfiguration: Conflict if the name or the token is taken.
	CreateConfiguration(ctx context.Context, c Configuration) error
	// UpdateConfiguration lets change modify all fields but ID, ARN, Name, Created and Token, and returns the result. No
	// other write runs meanwhile: change must not call the store.
	UpdateConfiguration(ctx context.Context, identifier string, change func(*Configuration)) (Configuration, error)
	ListConfigurations(ctx context.Context, p Page) ([]Item, error)
	// DeleteConfiguration: Conflict while a connector's streaming configuration or a live pipeline names it.
	DeleteConfiguration(ctx context.Context, identifier string) error
}

// PipelineReader reads a media insights pipeline by id or ARN: NotFound if there is none.
type PipelineReader interface {
	Pipeline(ctx context.Context, identifier string) (Pipeline, error)
}

// PipelineLister lists media insights pipelines.
type PipelineLister interface {
	ListPipelines(ctx context.Context, p Page) ([]Item, error)
}

// PipelineWriter writes media insights pipelines for the engine that runs them. Notices are posted in the same transaction.
type PipelineWriter interface {
	PipelineReader
	// CreatePipeline: NotFound if no configuration has the ARN; the configuration cannot be deleted while the pipeline is
	// live. Conflict if another pipeline has the id or the token.
	CreatePipeline(ctx context.Context, p Pipeline, notices []Notice) error
	// SavePipeline replaces a pipeline except for Token, Created and Tags, which the engine does not follow. NotFound if
	// there is none of the id.
	SavePipeline(ctx context.Context, p Pipeline, notices []Notice) error
	// PipelineByToken finds the pipeline that was created with a ClientRequestToken.
	PipelineByToken(ctx context.Context, token string) (Pipeline, error)
	// LivePipelines returns the ids of the pipelines that have not ended, the oldest first.
	LivePipelines(ctx context.Context) (ids []string, err error)
	// EndPipelines is SavePipeline for several pipelines, in one transaction: all of them or none. One that is gone is skipped.
	EndPipelines(ctx context.Context, ended []Ended[Pipeline]) error
	DeletePipeline(ctx context.Context, identifier string, notices []Notice) error
}

// Pipelines reads and writes media insights pipelines by id or ARN.
type Pipelines interface {
	PipelineLister
	PipelineWriter
}
