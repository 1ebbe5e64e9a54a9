package demo

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
)

// enrol is the first round: nobody is known yet, and everybody's voiceprint becomes a profile.
func (s *story) enrol(ctx context.Context) error {
	visits, err := s.round(ctx, firstCalls)
	for _, v := range visits {
		if v.profile != "" {
			s.names[v.profile] = v.name
			s.result.People = append(s.result.People, Person{v.name, v.profile})
		}
	}
	return err
}

// identify is the second round: the voices of the first should be known, and no others.
func (s *story) identify(ctx context.Context) error {
	_, err := s.round(ctx, secondCalls)
	return err
}

// round lets all roles call at once, and gives their visits when the last one is through.
func (s *story) round(ctx context.Context, roles []role) ([]*visit, error) {
	visits := make([]*visit, len(roles))
	var longest time.Duration
	for i, r := range roles {
		v, err := s.prepare(r)
		if err != nil {
			return nil, err
		}
		visits[i], longest = v, max(longest, v.lasts)
	}
	defer s.say.play(longest)()
	g, ctx := errgroup.WithContext(ctx)
	for _, v := range visits {
		g.Go(func() error { return v.happen(ctx) })
	}
	err := g.Wait()
	for _, v := range visits {
		s.result.Calls = append(s.result.Calls, v.Visit)
	}
	return visits, err
}
