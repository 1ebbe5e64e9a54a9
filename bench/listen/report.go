package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"timbre"
	"timbre/environment"
	"timbre/search"
)

// report prints who is named, with voiceprints of an amount of net speech and names that wait for another. Everyone calls twice: as
// one of the enrolled, and as a stranger, who is not.
func report(ctx context.Context, people []person, c search.Calibration, enrolled, wait time.Duration) error {
	var d search.Fixed
	for _, p := range people {
		d = append(d, timbre.Profile{ID: p.name, Voiceprint: longest(p.enrolled, enrolled), Expires: time.Now().Add(time.Hour)})
	}
	everyone := searcher(d, c)
	var right, wrong, none, strangers int
	var waited time.Duration
	for i, p := range people {
		found, after, err := identify(ctx, everyone, p, wait)
		if err != nil {
			return err
		}
		waited += after
		switch {
		case len(found.Matches) == 0:
			none++
		case found.Matches[0].ProfileID == p.name:
			right++
		default:
			wrong++
		}
		others := searcher(slices.Delete(slices.Clone(d), i, i+1), c)
		if found, _, err = identify(ctx, others, p, wait); err != nil {
			return err
		}
		if len(found.Matches) > 0 {
			strangers++
		}
	}
	share := func(n int) float64 { return 100 * float64(n) / float64(len(people)) }
	fmt.Printf("%-11v %-8v %5.1f%% %5.1f%% %5.1f%% %9.1f%% %8.1fs\n", enrolled, wait,
		share(right), share(wrong), share(none), share(strangers), waited.Seconds()/float64(len(people)))
	return nil
}

func searcher(d search.Fixed, c search.Calibration) *search.Searcher {
	return search.New(environment.Environment{}, search.Config{}, search.Deps{Source: d, Calibration: c})
}

// longest returns the longest voiceprint up to an amount of net speech.
func longest(prints []timbre.Voiceprint, most time.Duration) (v timbre.Voiceprint) {
	for _, p := range prints {
		if p.Net < most+time.Second {
			v = p
		}
	}
	return v
}

// identify searches a caller as speech comes, until the answer is sure or has waited long enough.
func identify(ctx context.Context, s *search.Searcher, p person, wait time.Duration) (found timbre.Finding, after time.Duration, err error) {
	for i, v := range p.calls {
		if looks[i] > wait || found.Sure {
			break
		}
		if found, err = s.Search(ctx, "domain", v); err != nil {
			return found, 0, err
		}
		after = looks[i]
	}
	return found, after, nil
}
