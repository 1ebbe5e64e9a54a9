package toll

import (
	"context"
	"time"

	"timbre"
)

// tellTimeout bounds how long the caller waits for its refusal because a disk hangs.
const tellTimeout = 2 * time.Second

// tell puts the event of a refusal, which stands for n calls, into the outbox.
func (g *Guard) tell(c timbre.TollCall, d *timbre.TollDenial, n int) error {
	ctx, cancel := context.WithTimeout(context.Background(), tellTimeout)
	defer cancel()
	notices, err := g.deps.Announcer.Notices(ctx, timbre.Event{
		ID: g.env.NewID(), Type: timbre.TollGuardStatus, Status: timbre.TollGuardTripped, Time: g.env.Now(), StatusMessage: d.Detail,
		Call: timbre.Call{ConnectorID: c.Access.Connector.ID, CallID: c.CallID, From: c.From, To: c.Number},
		Toll: &timbre.TollTrip{Reason: d.Reason, Username: c.Access.Username, Source: c.Access.Source, Calls: n},
	})
	if err != nil || len(notices) == 0 {
		return err
	}
	return g.deps.Poster.Post(ctx, notices)
}
