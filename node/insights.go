package node

import (
	"context"

	"timbre"
	"timbre/call"
	"timbre/pipeline"
	"timbre/task"
)

// piped are the live calls as the SIP side sees them: each that begins gets the pipeline that its connector names, and what
// joins it later a place in that; what becomes of its legs is told to the tasks that hear them.
type piped struct {
	*call.Registry
	pipelines *pipeline.Engine
	tasks     *task.Engine
}

func (p piped) Begin(ctx context.Context, c timbre.Call) (txid string, legs []timbre.LegListener, err error) {
	txid, legs, err = p.Registry.Begin(ctx, c)
	if err == nil {
		p.pipelines.Begun(context.WithoutCancel(ctx), txid)
	}
	return txid, legs, err
}

func (p piped) Update(ctx context.Context, txid string, c timbre.Change) ([]timbre.LegListener, error) {
	added, err := p.Registry.Update(ctx, txid, c)
	if err == nil && c.Legs != nil {
		if changed, live := p.Call(txid); live {
			p.tasks.CallChanged(changed)
		}
		p.pipelines.Changed(context.WithoutCancel(ctx), txid)
	}
	return added, err
}

// starter is the task engine as the voice API sees it: what it starts begins the connector's own pipeline, too.
type starter struct {
	*task.Engine
	pipelines *pipeline.Engine
}

func (s starter) Start(ctx context.Context, t timbre.Task) (timbre.Task, error) {
	t, err := s.Engine.Start(ctx, t)
	if err == nil && t.Active {
		s.pipelines.Started(context.WithoutCancel(ctx), t)
	}
	return t, err
}
