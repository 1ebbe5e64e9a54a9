package demo

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// enrol is the first round: no caller is enrolled yet, and each voiceprint becomes a profile.
func (s *story) enrol(ctx context.Context) error {
	calls, err := s.round(ctx, firstCalls)
	for _, v := range calls {
		if v.profile != "" {
			s.names[v.profile] = v.name
			s.result.People = append(s.result.People, Person{v.name, v.profile})
		}
	}
	return err
}

// identify is the second round: the callers of the first should be identified, and no others.
func (s *story) identify(ctx context.Context) error {
	_, err := s.round(ctx, secondCalls)
	return err
}

// identifyOnBadLines is the second round of the demo of bad lines, in several parts.
func (s *story) identifyOnBadLines(ctx context.Context) error {
	for _, scripts := range badCalls {
		if _, err := s.round(ctx, scripts); err != nil {
			return err
		}
	}
	return nil
}

// round places all calls at the same time, and returns them once the last one is over. Their results are part of the story's.
func (s *story) round(ctx context.Context, scripts []script) ([]*liveCall, error) {
	calls, err := s.place(ctx, scripts)
	for _, v := range calls {
		s.result.Calls = append(s.result.Calls, v.CallResult)
	}
	return calls, err
}

// place places all calls at the same time, and returns them once the last one is over.
func (s *story) place(ctx context.Context, scripts []script) ([]*liveCall, error) {
	calls := make([]*liveCall, len(scripts))
	var longest time.Duration
	for i, r := range scripts {
		v, err := s.prepare(r)
		if err != nil {
			return nil, err
		}
		calls[i], longest = v, max(longest, v.length)
	}
	defer s.say.play(longest)()
	g, ctx := errgroup.WithContext(ctx)
	for _, v := range calls {
		g.Go(func() error { return v.run(ctx) })
	}
	return calls, g.Wait()
}
