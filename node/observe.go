package node

import (
	"context"

	"timbre"
	"timbre/call"
	"timbre/store"
	"timbre/task"
)

// observe connects what one stage reports to the stages that act on it. The stages that report do not know who listens.
func (n *Node) observe(context.Context) error {
	n.store.Observe(store.Observers{
		Posted:           n.notices.Wake,                          // deliver without waiting for the next poll
		AdmissionChanged: n.admission.Changed,                     // holds for the next request
		DomainDeleted:    func(id string) { n.search.Forget(id) }, // its voiceprints leave the memory too
	})
	n.calls.Observe(call.Observers{
		Begun: n.pipelines.CallBegun, // the connector may create a pipeline for the call
		Changed: func(ctx context.Context, c timbre.Call) {
			n.tasks.CallChanged(c)          // a task may have analysed the wrong party
			n.pipelines.CallChanged(ctx, c) // a pipeline may have another stream
		},
	})
	if n.records != nil {
		n.calls.Observe(call.Observers{Ended: n.records.Ended}) // call detail records
	}
	n.tasks.Observe(task.Observers{
		Started:  n.pipelines.TaskStarted,  // the pipeline of the call begins
		Degraded: n.pipelines.TaskDegraded, // it is TemporarilyFailed meanwhile
	})
	return nil
}
