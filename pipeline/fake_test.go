package pipeline

import (
	"context"
	"maps"
	"slices"
	"time"

	"timbre"
)

func none() error { return timbre.Errorf(timbre.NotFound, "fake", "does not exist") }

func (w *world) lock() func() { w.mu.Lock(); return w.mu.Unlock }

func (w *world) CreatePipeline(_ context.Context, p timbre.Pipeline, _ []timbre.Notice) error {
	defer w.lock()()
	for _, o := range w.pipelines {
		if p.Token != "" && o.Token == p.Token {
			return timbre.Errorf(timbre.Conflict, "fake", "the token is taken")
		}
	}
	if w.saving == nil {
		w.pipelines[p.ID] = p
	}
	return w.saving
}

func (w *world) SavePipeline(_ context.Context, p timbre.Pipeline, _ []timbre.Notice) error {
	defer w.lock()()
	if w.saving == nil {
		w.pipelines[p.ID] = p
	}
	return w.saving
}

func (w *world) Pipeline(_ context.Context, identifier string) (timbre.Pipeline, error) {
	defer w.lock()()
	for _, p := range w.pipelines {
		if p.ID == identifier || p.ARN == identifier {
			return p, nil
		}
	}
	return timbre.Pipeline{}, none()
}

func (w *world) PipelineByToken(_ context.Context, token string) (timbre.Pipeline, error) {
	defer w.lock()()
	for _, p := range w.pipelines {
		if p.Token == token {
			return p, nil
		}
	}
	return timbre.Pipeline{}, none()
}

func (w *world) LivePipelines(context.Context) (list []string, _ error) {
	defer w.lock()()
	for _, p := range w.pipelines {
		if p.Ended.IsZero() {
			list = append(list, p.ID)
		}
	}
	return list, nil
}

func (w *world) EndPipelines(ctx context.Context, ended []timbre.Ended[timbre.Pipeline]) error {
	for _, e := range ended {
		if err := w.SavePipeline(ctx, e.Item, e.Notices); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) DeletePipeline(_ context.Context, id string, _ []timbre.Notice) error {
	defer w.lock()()
	delete(w.pipelines, id)
	return nil
}

func (w *world) Post(context.Context, []timbre.Notice) error { return nil }

func (w *world) Configuration(_ context.Context, arn string) (timbre.Configuration, error) {
	if arn != w.config.ARN {
		return timbre.Configuration{}, none()
	}
	return w.config, nil
}

func (w *world) Streaming(context.Context, string) (timbre.Streaming, error) {
	return timbre.Streaming{Insights: w.linked}, nil
}

func (w *world) Notices(_ context.Context, events ...timbre.Event) ([]timbre.Notice, error) {
	defer w.lock()()
	w.events = append(w.events, events...)
	return nil, nil
}

func (w *world) Live() []timbre.Call {
	defer w.lock()()
	return slices.Collect(maps.Values(w.live))
}

func (w *world) Call(id string) (timbre.Call, bool) {
	defer w.lock()()
	c, ok := w.live[id]
	return c, ok
}

func (w *world) Tap(_ string, leg int, t timbre.Tap) (func(), error) {
	defer w.lock()()
	w.taps[leg] = t
	return func() { defer w.lock()(); delete(w.taps, leg) }, nil
}

func (w *world) MediaTime(string, int) time.Duration { return w.at }
