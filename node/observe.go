package node

import (
	"context"

	"timbre"
	"timbre/call"
	"timbre/search/archive"
	"timbre/store"
	"timbre/task"
)

// forgetDomain removes what is kept of a deleted domain outside the store: its voiceprints in memory and its calibrations.
func (n *Node) forgetDomain(id string) {
	n.search.Forget(id)
	if err := archive.New(n.settings.Calibrations()).Delete(id); err != nil {
		n.env.Log.Error("the calibrations of a deleted domain are still there", "domain", id, "error", err)
	}
}

// forgetVoices overwrites in memory what has been erased in a domain, or in any if the id is empty.
func (n *Node) forgetVoices(domainID string) {
	if err := n.search.Follow(context.Background(), domainID); err != nil && timbre.KindOf(err) != timbre.NotFound {
		n.env.Log.Error("erased voices are still in memory: all are removed from it", "domain", domainID, "error", err)
		n.search.Forget(domainID)
	}
}

// observe connects what one stage reports to the stages that act on it. The stages that report do not know who listens.
func (n *Node) observe(context.Context) error {
	n.store.Observe(store.Observers{
		Posted:           func(targets []string) { n.notices.Wake(targets...) }, // deliver without waiting for the next poll
		AdmissionChanged: n.admission.Changed,                                   // holds for the next request
		VoicesErased:     n.forgetVoices,
		DomainDeleted:    n.forgetDomain,
	})
	n.calls.Observe(call.Observers{
		Begun:   n.pipelines.CallBegun,   // the connector may create a pipeline for the call
		Updated: n.pipelines.CallUpdated, // its metadata goes to the data stream of the pipeline
		Changed: func(ctx context.Context, c timbre.Call) {
			n.tasks.CallChanged(c)          // a task may have analysed the wrong party
			n.pipelines.CallChanged(ctx, c) // a pipeline may have another stream
		},
		Lost: func(c timbre.Call) { n.sip.Lost(c) }, // its peers stop sending, and can call again
	})
	n.calls.Observe(call.Observers{Ended: n.summaries.Ended}) // its summary is sent later
	if n.traces != nil {
		n.calls.Observe(call.Observers{Ended: n.traces.Ended})
		n.tasks.Observe(task.Observers{Ended: n.traces.TaskEnded})
		n.pipelines.Observe(n.traces.PipelineEnded)
	}
	if n.records != nil {
		n.calls.Observe(call.Observers{Ended: n.records.Ended}) // call detail records
	}
	n.events.Observe(n.console.Announced)                   // who looks at a call sees its events,
	n.tasks.Observe(task.Observers{Heard: n.console.Heard}) // and the speech that its tasks hear
	n.tasks.Observe(task.Observers{
		Started:  n.pipelines.TaskStarted,  // the pipeline of the call begins
		Degraded: n.pipelines.TaskDegraded, // it is TemporarilyFailed meanwhile
	})
	return nil
}
