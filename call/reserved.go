package call

import "context"

// Answered announces a reserved call, whose peer has been sent the answer, as Begin does others. NotFound if the call is not reserved;
// else the error of the store, and the call is still reserved.
func (r *Registry) Answered(ctx context.Context, txid string) error {
	const op = "call.Answered"
	e := r.find(txid)
	if e == nil {
		return notLive(op)
	}
	e.changing.Lock()
	defer e.changing.Unlock()
	if e.removed || !e.call.Reserved || !e.call.Ended.IsZero() {
		return notLive(op)
	}
	reserved := e.call
	c := reserved
	c.Reserved = false
	r.set(e, c) // before its events are saved: see open
	if err := r.save(ctx, c, r.started(c, 0)); err != nil {
		r.set(e, reserved)
		r.metrics.refused.Inc()
		return err
	}
	r.begun(ctx, c)
	return nil
}

// forget ends a call that was never answered, without a trace. What cannot be removed is retried, as other ends are. The caller holds
// changing.
func (r *Registry) forget(ctx context.Context, e *entry) error {
	err := r.deps.Store.RemoveCall(context.WithoutCancel(ctx), e.call.TransactionID)
	if err == nil {
		r.remove(e)
	} else {
		c := e.call
		c.Ended = r.env.Now()
		r.set(e, c)
		r.retryLater()
	}
	e.end()
	return err
}
