package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"timbre"
)

// mostOf is the share of what waits whose time is taken. The few lanes that were tried while the target was down wait for their retries.
const mostOf = 0.9

// behindLanes delivers events to a target that works while others wait for one that is down, in so many lanes; then that one works again.
func behindLanes(ctx context.Context, s settings, lanes int) (string, error) {
	var up atomic.Bool
	var late delays
	var drained atomic.Int64
	most, done := int64(mostOf*float64(s.waiting)), make(chan struct{})
	r, err := open(ctx, s.folder, func(_ context.Context, n timbre.Notice) error {
		switch {
		case n.Target == target("works"):
			late.add(time.Since(n.Created))
		case !up.Load():
			return errors.New("down")
		case drained.Add(1) == most:
			close(done)
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	defer r.close()
	if err := r.fill(ctx, target("down"), s.waiting, lanes); err != nil {
		return "", err
	}
	cost, err := r.events(ctx, s.events)
	if err != nil {
		return "", err
	}
	up.Store(true)
	began, cpu := time.Now(), used()
	r.dispatcher.Retry(target("down"))
	<-done
	rate, each := float64(most)/time.Since(began).Seconds(), (used()-cpu)/time.Duration(most)
	return fmt.Sprintf("%v\t%v\t%v\t%.0f/s\t%v", micro(cost), micro(late.at(0.5)), micro(late.at(0.99)), rate, micro(each)), nil
}
