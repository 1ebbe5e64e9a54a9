package timbre

import "context"

// Tags reads and writes the tags of connectors, configurations, pipelines, domains and resources by ARN. They are the Tags
// fields of those values. NotFound if no such value has the ARN.
type Tags interface {
	TagsOf(ctx context.Context, arn string) (map[string]string, error)
	// UpdateTags lets change modify the tags. If change fails, its error is returned and nothing is written. No other write
	// runs meanwhile: change must not call the store.
	UpdateTags(ctx context.Context, arn string, change func(tags map[string]string) error) error
}
