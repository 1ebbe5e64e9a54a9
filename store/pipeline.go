package store

import (
	"context"

	"timbre"
)

// Pipelines are found by id or ARN. What is told of a change goes into the outbox with it: both or neither.
type Pipelines interface {
	// CreatePipeline: NotFound if there is no configuration of the ARN, which cannot be deleted then while the pipeline lives;
	// Conflict if a pipeline has the id or the token.
	CreatePipeline(ctx context.Context, p timbre.Pipeline, notices []timbre.Notice) error
	// SavePipeline replaces a pipeline; NotFound if there is none of the id. Token, Created and Tags stay as
	// they are: whoever runs the pipeline does not know of later tags.
	SavePipeline(ctx context.Context, p timbre.Pipeline, notices []timbre.Notice) error
	Pipeline(ctx context.Context, identifier string) (timbre.Pipeline, error)
	// PipelineByToken finds the pipeline that was created with a ClientRequestToken.
	PipelineByToken(ctx context.Context, token string) (timbre.Pipeline, error)
	ListPipelines(ctx context.Context, p timbre.Page) ([]timbre.Pipeline, error)
	// LivePipelines are those without an end; after a restart nobody runs them any more.
	LivePipelines(ctx context.Context) ([]timbre.Pipeline, error)
	DeletePipeline(ctx context.Context, identifier string, notices []timbre.Notice) error
	// Post puts notices into the outbox that tell of nothing kept.
	Post(ctx context.Context, notices []timbre.Notice) error
	// UpdateConfiguration lets change alter what it likes but ID, ARN, Name, Created and Token, and gives what became of the
	// configuration. Nothing else writes meanwhile: change must not call the store.
	UpdateConfiguration(ctx context.Context, identifier string, change func(*timbre.Configuration)) (timbre.Configuration, error)
}
