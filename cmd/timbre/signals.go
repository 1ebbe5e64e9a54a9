package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// interruptible is the context of the commands that have nothing to end in order.
func interruptible() context.Context {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	return ctx
}

// controls is what signals do to a server.
type controls struct {
	drain  func() // no new calls; the server ends after the last one
	end    func() // end now, in order
	reload func() // read the settings again
}

// orders turns the signals of a process into calls of controls, one at a time.
//
//	SIGTERM          drain
//	a second SIGTERM end
//	SIGINT           end
//	SIGHUP           reload
type orders chan os.Signal

// listen makes the signals orders. None of them kills the process from then on.
func listen() orders {
	o := make(orders, 8)
	signal.Notify(o, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	return o
}

// obey acts on signals until ctx ends. Until the server has started there is nothing to drain: SIGTERM ends it, and SIGHUP waits,
// because the settings may have been read before it came.
func (o orders) obey(ctx context.Context, started <-chan struct{}, c controls) {
	defer signal.Stop(o)
	serving, draining, changed := false, false, false
	for {
		select {
		case <-ctx.Done():
			return
		case <-started:
			serving, started = true, nil
			if changed {
				c.reload()
			}
		case got := <-o:
			switch {
			case got == syscall.SIGHUP && !serving:
				changed = true
			case got == syscall.SIGHUP:
				c.reload()
			case got == syscall.SIGTERM && serving && !draining:
				draining = true
				c.drain()
			default:
				c.end()
			}
		}
	}
}
