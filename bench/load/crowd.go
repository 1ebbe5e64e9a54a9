package main

import (
	"context"
	"fmt"
	"time"

	"timbre/bench/server"
	"timbre/environment"
	"timbre/sip/phone"
)

// retry is after how long a caller that was refused tries again.
const retry = 2 * time.Second

// crowd is everybody who calls.
type crowd struct {
	server.Deployment
	sip   string
	talks []talk
	book  *book
}

func (c crowd) longest() (d time.Duration) {
	for _, t := range c.talks {
		d = max(d, t.length)
	}
	return d
}

// line makes one call after the other, from a time on, each by another caller.
func (c crowd) line(ctx context.Context, number int, later time.Duration) {
	for n := 0; wait(ctx, later); n++ {
		later = 0
		if !c.call(ctx, number, c.talks[(number+7*n)%len(c.talks)]) {
			later = retry
		}
	}
}

// wait waits. False: it is over.
func wait(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// call makes one call at real time, with both tasks from its first frame. False: it was refused.
func (c crowd) call(ctx context.Context, number int, t talk) bool {
	line, err := phone.Dial(ctx, environment.Environment{}, phone.Config{
		Server: c.sip, Metadata: true, From: fmt.Sprintf("+1206555%04d", number), To: "+13605550199",
		Caller: phone.Party{AOR: "sip:caller@example.com", Audio: t.caller}, Callee: phone.Party{AOR: "sip:agent@example.com", Audio: t.agent},
	})
	if err != nil {
		c.book.refuse(ctx, err)
		return false
	}
	defer func() { _ = line.Hangup(context.WithoutCancel(ctx)) }()
	search, tone, err := c.Analyse(ctx, line.TransactionID)
	if err != nil {
		c.book.refuse(ctx, err)
		return false
	}
	defer c.book.expect(search, tone, t)()
	if err := line.Play(ctx); err != nil {
		c.book.lose(ctx, err)
	}
	return true
}
