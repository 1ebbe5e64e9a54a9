package api_test

import (
	"context"
	"errors"
	"strings"

	"timbre"
)

// Check knows every target but those named lost.
func (f *fake) Check(target string) error {
	if strings.HasSuffix(target, ":lost") {
		return errors.New("no webhook is named lost")
	}
	return nil
}

// insightsFake is a pipeline engine in memory.
type insightsFake struct{ *fake }

func (f insightsFake) Create(_ context.Context, p timbre.Pipeline) (timbre.Pipeline, error) {
	defer f.lock()()
	if _, err := f.configuration(p.ConfigurationARN); err != nil {
		return p, err
	}
	p.ID = newID()
	p.ARN = "arn:aws:chime:us-east-1:000000000000:media-pipeline/" + p.ID
	p.Created = now
	f.pipelineShelf.put(p.ID, p)
	return p, nil
}

func (f insightsFake) has(identifier string) error {
	_, err := f.Pipeline(context.Background(), identifier)
	return err
}

func (f insightsFake) Pause(_ context.Context, identifier string) error { return f.has(identifier) }

func (f insightsFake) Resume(_ context.Context, identifier string) error { return f.has(identifier) }

func (f insightsFake) Delete(_ context.Context, identifier string) error {
	defer f.lock()()
	return f.pipelineShelf.drop(identifier)
}

func (f insightsFake) Start(ctx context.Context, identifier string, t timbre.Task) (timbre.Task, error) {
	if err := f.has(identifier); err != nil {
		return t, err
	}
	return f.fake.Start(ctx, t)
}

func (f insightsFake) Task(ctx context.Context, kind timbre.TaskKind, identifier, id string) (timbre.Task, error) {
	if err := f.has(identifier); err != nil {
		return timbre.Task{}, err
	}
	return f.Get(ctx, kind, identifier, id)
}

func (f insightsFake) Stop(ctx context.Context, kind timbre.TaskKind, identifier, id string) error {
	if err := f.has(identifier); err != nil {
		return err
	}
	return f.fake.Stop(ctx, kind, identifier, id)
}

func (f insightsFake) Pipeline(ctx context.Context, identifier string) (timbre.Pipeline, error) {
	return f.fake.Pipeline(ctx, identifier)
}
