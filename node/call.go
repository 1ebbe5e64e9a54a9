package node

import (
	"context"
	"time"

	"timbre/call"
	"timbre/logbook"
	"timbre/pipeline"
	"timbre/summary"
)

const day = 24 * time.Hour

// openCalls creates the registry of live calls, the call detail records of ended ones, and the logs of connectors.
func (n *Node) openCalls(context.Context) error {
	if n.settings.Records > 0 {
		n.records = logbook.NewRecords(n.env, logbook.RecordsConfig{Folder: n.settings.LogFolder()}, n.store)
	}
	n.logs = logbook.New(n.env, logbook.Config{Folder: n.settings.LogFolder(), Off: n.settings.Records == 0}, n.store)
	n.calls = call.New(n.env, call.Deps{Store: n.store, Announcer: n.events})
	return nil
}

// openPipelines creates the media insights pipelines.
func (n *Node) openPipelines(context.Context) error {
	n.pipelines = pipeline.New(n.env, pipeline.Deps{Store: n.store, Announcer: n.events, Calls: n.calls, Tasks: n.tasks})
	return nil
}

// openSummaries creates what sums up the results of ended calls.
func (n *Node) openSummaries(context.Context) error {
	n.summaries = summary.New(n.env, summary.Deps{Store: n.store, Announcer: n.events})
	return nil
}
