package trunk

import (
	"context"

	gosip "github.com/emiago/sipgo/sip"
)

// abandon ends a try that nobody waits for any more, and does not wait for its end.
func (at *attempt) abandon() {
	at.c.e.agent.Do(func() {
		ctx, cancel := context.WithTimeout(at.c.e.ctx, 64*gosip.T1)
		defer cancel()
		at.tx.Abandon(ctx)
	})
}
