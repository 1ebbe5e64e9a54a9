package main

import (
	"context"
	"fmt"
	"time"

	"timbre"
)

// besideHung delivers events to a target that works while others hang, each with lanes that wait.
func besideHung(ctx context.Context, s settings, hung int) (string, error) {
	var late delays
	r, err := open(ctx, s.folder, func(ctx context.Context, n timbre.Notice) error {
		if n.Target == target("works") {
			late.add(time.Since(n.Created))
			return nil
		}
		<-ctx.Done()
		return ctx.Err()
	})
	if err != nil {
		return "", err
	}
	defer r.close()
	for i := range hung {
		if err := r.fill(ctx, target(fmt.Sprint("hangs", i)), 20, 20); err != nil {
			return "", err
		}
	}
	cost, err := r.events(ctx, s.events)
	return fmt.Sprintf("%v\t%v\t%v\t%v", micro(late.at(0.5)), micro(late.at(0.99)), micro(late.at(1)), micro(cost)), err
}
