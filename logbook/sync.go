package logbook

import (
	"context"
	"time"
)

// syncEvery is how long a record may be in the memory of the system alone.
const syncEvery = time.Second

// Run brings records to the disk until ctx ends. What was written within a second goes together: no call waits for the disk, and the disk
// is not asked once for each. A record outlives the process at once; the last second's may be lost, or empty, if the power fails.
func (r *Records) Run(ctx context.Context) {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.Sync()
		case <-ctx.Done():
			return
		}
	}
}

// Sync brings the records to the disk that were written since the last time.
func (r *Records) Sync() {
	if !r.unsynced.Swap(false) {
		return
	}
	if err := syncFiles(r.cfg.Folder); err != nil {
		r.unsynced.Store(true)
		r.syncing.Failed(r.env.Log, "cannot bring call records to the disk", "error", err)
		return
	}
	r.syncing.Over(r.env.Log, "call records reach the disk again")
}
