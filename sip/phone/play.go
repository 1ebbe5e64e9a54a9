package phone

import (
	"context"
	"errors"
	"time"

	"timbre"
)

// Play sends the audio of both parties, and returns at the end of the longer one. When ctx ends first it hangs up and returns
// ctx's error; when the server hangs up first the error is of kind Gone. Hangup is due in any case.
func (c *Call) Play(ctx context.Context) error {
	n := 0
	for _, l := range c.legs {
		n = max(n, l.packets())
	}
	return c.send(ctx, n, false)
}

// Wait sends silence for d of media time. A negative d lasts until ctx ends or the server hangs up; both are as for Play.
func (c *Call) Wait(ctx context.Context, d time.Duration) error {
	if d < 0 {
		return c.send(ctx, endless, true)
	}
	return c.send(ctx, int(d/timbre.FrameDuration), true)
}

const endless = int(^uint(0) >> 1)

func (c *Call) send(ctx context.Context, n int, mute bool) error {
	pace := newPace(c.cfg.Speed)
	start := c.env.Steady()
	tick := time.NewTicker(pace.tick)
	defer tick.Stop()
	for sent := 0; ; {
		for next := min(n, pace.next(sent, c.env.Steady().Sub(start))); sent < next; sent++ {
			if err := c.packet(mute); err != nil && !c.dialog.IsOver() {
				return err
			}
		}
		if c.cfg.Progress != nil && !mute {
			c.cfg.Progress(time.Duration(sent)*timbre.FrameDuration, time.Duration(n)*timbre.FrameDuration)
		}
		if sent == n {
			return nil
		}
		select {
		case <-tick.C:
		case <-c.Ended():
			return timbre.Errorf(timbre.Gone, "phone.Play", "the call was ended after %s", time.Duration(sent)*timbre.FrameDuration)
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), c.Hangup(context.WithoutCancel(ctx)))
		}
	}
}

// packet sends the next packet of every leg.
func (c *Call) packet(mute bool) error {
	for _, l := range c.legs {
		if err := l.send(mute); err != nil {
			return err
		}
	}
	return nil
}
