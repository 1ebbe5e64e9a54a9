package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"timbre/bench/server"
)

// kind is what is counted.
type kind int

const (
	goroutines kind = iota
	descriptors
	memory // MB that are resident
	kinds
)

// counted has the name of each kind, and the part of it that is noise.
var counted = [kinds]struct {
	name  string
	noise float64
}{{"goroutines", 0}, {"descriptors", 0}, {"memory", 0.03}}

// sample is what a server holds, and where its memory is.
type sample struct {
	of          [kinds]float64
	heap, files float64 // MB of Go's heap and stacks, and of files that are mapped
}

// A server rests when its numbers stay the same from one pause to the next. Connections that idle are closed before that.
const (
	pause  = 2 * server.Idle
	pauses = 30
)

// rest waits until a server has done what it had to, and counts.
func rest(ctx context.Context, s *server.Process) (now sample, err error) {
	for range pauses {
		before := now
		select {
		case <-ctx.Done():
			return now, ctx.Err()
		case <-time.After(pause):
		}
		if now, err = take(ctx, s); err != nil {
			return now, err
		}
		if now.of[goroutines] == before.of[goroutines] && now.of[descriptors] == before.of[descriptors] {
			break
		}
	}
	return now, nil
}

func take(ctx context.Context, s *server.Process) (sample, error) {
	all, err := s.Metrics(ctx)
	return sample{
		of:    [kinds]float64{all["go_goroutines"], all["process_open_fds"], s.Memory("VmRSS")},
		heap:  (all["go_memstats_sys_bytes"] - all["go_memstats_heap_released_bytes"]) / (1 << 20),
		files: s.Memory("RssFile") + s.Memory("RssShmem"),
	}, err
}

// judge says what has grown from the first half of the samples to the last quarter.
func judge(all []sample) (err error) {
	first, last := all[:len(all)/2], all[len(all)*3/4:]
	for k, what := range counted {
		of := func(part []sample) (values []float64) {
			for _, s := range part {
				values = append(values, s.of[k])
			}
			return values
		}
		most, least := slices.Max(of(first)), slices.Min(of(last))
		if least > most*(1+what.noise) {
			err = errors.Join(err, fmt.Errorf("%s have grown: at most %.0f in the first half, at least %.0f in the last quarter", what.name, most, least))
		}
	}
	return err
}
