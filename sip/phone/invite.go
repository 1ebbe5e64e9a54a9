package phone

import (
	"context"
	"errors"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"timbre"
)

const (
	patience = 10 * time.Second       // for the final answer to an INVITE
	grace    = 500 * time.Millisecond // for a first answer, which a CANCEL has to wait for
	farewell = 3 * time.Second        // for the answer to a BYE
)

// invite sends the INVITE, waits for the answer, acknowledges it and learns from it where the media goes.
func (c *Call) invite(ctx context.Context) error {
	req, err := c.request()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, patience, timbre.Errorf(timbre.Unavailable, "phone.Dial",
		"no answer from %s://%s within %s", c.line.network, c.line.server, patience))
	defer cancel()
	if c.dialog, err = c.line.dialogs.WriteInvite(ctx, req); err != nil {
		return timbre.Errorf(timbre.Unavailable, "phone.Dial", "INVITE to %s://%s: %w", c.line.network, c.line.server, err)
	}
	c.CallID = req.CallID().Value()
	if err := c.await(ctx); err != nil {
		return err
	}
	c.line.call.Store(c) // before the ACK: the server may hang up as soon as it has that
	res := c.dialog.InviteResponse
	if err := c.dialog.Ack(ctx); err != nil {
		return timbre.Errorf(timbre.Unavailable, "phone.Dial", "ACK: %w", err)
	}
	if h := res.GetHeader("X-Timbre-Transaction-Id"); h != nil {
		c.TransactionID = h.Value()
	}
	if err := c.aim(res.Body()); err != nil {
		return errors.Join(err, c.Hangup(context.WithoutCancel(ctx)))
	}
	return nil
}

// await waits for the final answer. When ctx ends first it cancels the INVITE, and hangs up on an answer that came too
// late for that.
func (c *Call) await(ctx context.Context) error {
	heard := make(chan struct{}, 1)
	waiting, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	defer context.AfterFunc(ctx, func() {
		select {
		case <-heard: // the server is there: a CANCEL will reach it
			stop(context.Cause(ctx))
		case <-time.After(grace):
			stop(sipgo.WaitAnswerForceCancelErr)
		}
	})()
	err := c.dialog.WaitAnswer(waiting, sipgo.AnswerOptions{OnResponse: func(*sip.Response) error {
		select {
		case heard <- struct{}{}:
		default:
		}
		return nil
	}})
	if err == nil {
		return nil
	}
	if res := c.dialog.InviteResponse; res != nil && res.IsSuccess() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
		defer cancel()
		if c.dialog.Ack(late) == nil {
			err = errors.Join(err, c.dialog.Bye(late))
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return refusal("phone.Dial", err)
}
