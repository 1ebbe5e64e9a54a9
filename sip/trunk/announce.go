package trunk

import "context"

// sent notes that the caller has been sent the answer. The store does not delay what follows.
func (c *call) sent() {
	c.mu.Lock()
	c.analysis.answered = true
	c.mu.Unlock()
	c.ua.deps.Agent.Do(c.announce)
}

// announce announces a call that has been reserved and answered, once. The call goes on when it cannot.
func (c *call) announce() {
	c.announcing.Lock()
	defer c.announcing.Unlock()
	c.mu.Lock()
	id, due := c.analysis.transactionID, c.analysis.transactionID != "" && c.analysis.answered && !c.analysis.announced
	c.analysis.announced = c.analysis.announced || due
	c.mu.Unlock()
	if !due {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ua.ctx), analysisTimeout)
	defer cancel()
	if err := c.ua.deps.Calls.Answered(ctx, id); err != nil {
		c.ua.metrics.unanalysed.Inc()
		c.ua.env.Log.Error("trunk call not analysed", "call", c.id(), "error", err)
	}
}
