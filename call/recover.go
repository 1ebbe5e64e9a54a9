package call

import (
	"context"

	"timbre"
)

// Interrupted notes the calls that were live when the server crashed, and returns how many. Call it before the first call begins.
func (r *Registry) Interrupted(ctx context.Context) (live int, err error) {
	stale, err := r.deps.Store.LiveCalls(ctx)
	r.interrupted.Hold(stale, r.failInterrupted)
	return len(stale), err
}

// Recover ends the calls that were live when the server crashed, with FAILED events. Others may begin meanwhile. After an error it may
// be repeated.
func (r *Registry) Recover(ctx context.Context) error { return r.interrupted.SettleAll(ctx) }

// Free does something that is refused with a Conflict while calls are live. Those that a crash has cut do not count: they are ended
// before.
func (r *Registry) Free(ctx context.Context, do func() error) error {
	return r.interrupted.MakeRoom(ctx, timbre.Conflict, do)
}

// failInterrupted ends calls in one transaction. One that cannot be read is passed over.
func (r *Registry) failInterrupted(ctx context.Context, txids []string) error {
	var ended []timbre.Ended[timbre.Call]
	for _, txid := range txids {
		c, err := r.lostCall(ctx, txid)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			r.env.Log.Error("a call that was live when the server stopped cannot be read, and is passed over", "transaction", txid, "error", err)
			continue
		}
		notices, err := r.deps.Announcer.Notices(ctx, r.ended(c)...)
		if err != nil {
			return err
		}
		ended = append(ended, timbre.Ended[timbre.Call]{Item: c, Notices: notices})
	}
	if err := r.deps.Store.EndCalls(ctx, ended); err != nil {
		return err
	}
	for _, e := range ended {
		delete(r.lost, e.Item.TransactionID)
	}
	return nil
}

// lostCall is an interrupted call at its end, which is reported once, before it is saved: see Observers.
func (r *Registry) lostCall(ctx context.Context, txid string) (timbre.Call, error) {
	if c, reported := r.lost[txid]; reported {
		return c, nil
	}
	c, err := r.deps.Store.Call(ctx, txid)
	if err != nil {
		return c, err
	}
	c.Reserved = false // it was saved just before the answer, so that its peer has most likely been sent that
	c.Ended, c.Lasted, c.Failure = r.env.Now(), r.env.Age(c.Started), "the server stopped during the call"
	r.raiseLost(c)
	c.StoredByes = nil
	r.report(c, make([]*timbre.Reception, len(c.Legs)), recovered)
	r.lost[txid] = c
	return c, nil
}
