package node

import (
	"context"
	"time"

	"timbre/call"
	"timbre/logbook"
	"timbre/pipeline"
)

const day = 24 * time.Hour

// openCalls creates the registry of live calls, and the ledger that each call enters when it has ended.
func (n *Node) openCalls(context.Context) error {
	cfg := call.Config{
		Now: n.env.Now, Log: n.env.Log, Metrics: n.env.Metrics, NewID: n.env.NewID, Region: n.env.Region, Account: n.env.Account,
	}
	if n.settings.Records > 0 {
		n.records = logbook.NewRecords(logbook.RecordsConfig{
			Folder: n.settings.LogFolder(), Account: n.env.Account, Region: n.env.Region,
			Keep: time.Duration(n.settings.Records) * day, Log: n.env.Log, Metrics: n.env.Metrics,
		}, n.store)
		cfg.Ledger = n.records
	}
	n.calls = call.New(cfg, n.store, n.events)
	return nil
}

// openPipelines creates the media insights pipelines.
func (n *Node) openPipelines(context.Context) error {
	n.pipelines = pipeline.New(
		pipeline.Config{Now: n.env.Now, Log: n.env.Log, NewID: n.env.NewID, Region: n.env.Region, Account: n.env.Account},
		pipeline.Deps{Store: n.store, Announcer: n.events, Calls: n.calls, Tasks: n.tasks})
	return nil
}
