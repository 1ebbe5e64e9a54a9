package phone

import (
	"context"
	"errors"
	"time"

	"github.com/emiago/sipgo/sip"

	"timbre"
	"timbre/sip/dialog"
	"timbre/sip/header"
)

const (
	answerTimeout   = 10 * time.Second       // for the final response to an INVITE
	responseTimeout = 500 * time.Millisecond // for a first response, without which no CANCEL may be sent
	byeTimeout      = 3 * time.Second        // for the response to a BYE or a CANCEL
)

// invite sends the INVITE, waits for the answer, acknowledges it and learns from it where the media goes.
func (c *Call) invite(ctx context.Context) error {
	req, err := c.request()
	if err != nil {
		return err
	}
	c.CallID = c.dialog.CallID()
	tx, err := c.dialog.Send(c.line.ctx, req)
	if err != nil {
		return timbre.Errorf(timbre.Unavailable, "phone.Dial", "INVITE to %s://%s: %w", c.line.network, c.line.server, err)
	}
	res, err := await(ctx, tx)
	if err != nil {
		return err
	}
	c.dialog.Established(res)
	c.line.calls.Put(c.dialog, c) // before the ACK: the server may hang up as soon as it has that
	if err := tx.Acknowledge(nil); err != nil {
		return timbre.Errorf(timbre.Unavailable, "phone.Dial", "ACK: %w", err)
	}
	c.TransactionID = header.Value(res, "x-timbre-transaction-id")
	if err := c.takeAnswer(res.Body()); err != nil {
		return errors.Join(err, c.Hangup(context.WithoutCancel(ctx)))
	}
	return nil
}

// await waits for the 2xx to an INVITE. When ctx ends first the INVITE is abandoned; a server that is there is given the time
// to say so.
func await(ctx context.Context, tx *dialog.Transaction) (*sip.Response, error) {
	timeout := responseTimeout
	for {
		select {
		case res := <-tx.Responses():
			tx.Received(res)
			switch {
			case res.IsProvisional():
				timeout = byeTimeout
			case res.IsSuccess():
				return res, nil
			default:
				return nil, refused("phone.Dial", res)
			}
		case <-tx.Done():
			return nil, timbre.Errorf(timbre.Unavailable, "phone.Dial", "no answer: %w", tx.Err())
		case <-ctx.Done():
			abandoning, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
			defer cancel()
			tx.Abandon(abandoning)
			return nil, context.Cause(ctx)
		}
	}
}
