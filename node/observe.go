package node

import (
	"context"

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
	n.tasks.Observe(task.Observers{
		Degraded: n.pipelines.Trouble, // the pipeline of the call is TemporarilyFailed meanwhile
	})
	return nil
}
