package pipeline

import (
	"context"

	"timbre"
)

// metadata is the record of a data stream that tells of the call of a pipeline: when it begins, or of an update.
func (e *Engine) metadata(p timbre.Pipeline, c timbre.Call, status string) timbre.Event {
	return timbre.Event{ID: e.env.NewID(), Type: timbre.CallMetadata, Status: status, Time: e.env.Now(), Call: c, Pipeline: &p}
}

// CallUpdated sends the metadata of a call again, by the pipeline that the connector has created for it, because a message within the
// call may have changed it.
func (e *Engine) CallUpdated(ctx context.Context, c timbre.Call) {
	for _, l := range e.ofCall(c.TransactionID) {
		if err := l.postMetadata(ctx, c); err != nil {
			e.env.Log.Error("posting the metadata of a call failed", "transaction", c.TransactionID, "error", err)
		}
	}
}

func (l *live) postMetadata(ctx context.Context, c timbre.Call) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return nil
	}
	notices, err := l.e.deps.Announcer.Notices(ctx, l.e.metadata(l.p, c, timbre.CallMetadataUpdate))
	if err != nil || len(notices) == 0 {
		return err
	}
	return l.e.deps.Store.Post(ctx, notices)
}
