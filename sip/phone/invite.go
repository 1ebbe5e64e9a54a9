package phone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/textproto"
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

// request is the INVITE.
func (c *Call) request() (*sip.Request, error) {
	from, err := c.line.uri(or(c.cfg.From, "anonymous"))
	if err != nil {
		return nil, err
	}
	to, err := c.line.uri(or(c.cfg.To, "srs"))
	if err != nil {
		return nil, err
	}
	target := to
	if c.cfg.RequestURI != "" {
		if target, err = c.line.uri(c.cfg.RequestURI); err != nil {
			return nil, err
		}
	}
	req := sip.NewRequest(sip.INVITE, target)
	req.SetTransport(map[string]string{"udp": "UDP", "tcp": "TCP"}[c.line.network])
	req.SetDestination(c.line.server.String())
	req.AppendHeader(&sip.FromHeader{Address: from, Params: sip.HeaderParams{{K: "tag", V: sip.GenerateTagN(16)}}})
	req.AppendHeader(&sip.ToHeader{Address: to})
	req.AppendHeader(sip.NewHeader("User-Agent", "Timbre phone"))
	req.AppendHeader(sip.NewHeader("Allow", allow))
	if c.offer, err = offer(c.line.local, c.cfg.PayloadType, c.legs); err != nil {
		return nil, err
	}
	if !c.cfg.Metadata {
		req.AppendHeader(sip.NewHeader("X-Voice-Connector-Record-Only", "true"))
		req.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		req.SetBody(c.offer)
		return req, nil
	}
	kind, body, err := c.recording(time.Now())
	if err != nil {
		return nil, err
	}
	req.AppendHeader(sip.NewHeader("Require", "siprec"))
	req.AppendHeader(sip.NewHeader("Content-Type", kind))
	req.SetBody(body)
	return req, nil
}

// recording is the body of a SIPREC INVITE: the offer and the metadata.
func (c *Call) recording(now time.Time) (kind string, body []byte, err error) {
	about, err := metadata(c.legs, c.cfg, now)
	if err != nil {
		return "", nil, err
	}
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	for _, part := range []struct {
		header textproto.MIMEHeader
		body   []byte
	}{
		{textproto.MIMEHeader{"Content-Type": {"application/sdp"}}, c.offer},
		{textproto.MIMEHeader{"Content-Type": {"application/rs-metadata+xml"}, "Content-Disposition": {"recording-session"}}, about},
	} {
		w, err := m.CreatePart(part.header)
		if err == nil {
			_, err = w.Write(part.body)
		}
		if err != nil {
			return "", nil, timbre.Errorf(timbre.Internal, "phone.Dial", "multipart: %w", err)
		}
	}
	err = m.Close()
	return fmt.Sprintf("multipart/mixed;boundary=%s", m.Boundary()), buf.Bytes(), err
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
