package node

import (
	"context"

	"timbre/build"
	"timbre/trace"
)

// openTraces exports what became of calls, if the settings say where to.
func (n *Node) openTraces(ctx context.Context) (err error) {
	if n.settings.Traces.OTLP != "" {
		n.traces, err = trace.New(ctx, n.env, trace.Config{Endpoint: n.settings.Traces.OTLP, Version: build.Read().Version})
	}
	return err
}
