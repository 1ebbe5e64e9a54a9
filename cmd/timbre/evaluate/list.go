package evaluate

import (
	"context"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre/cmd/timbre/terminal"
	"timbre/evaluate/trial"
)

// Trials hears the recordings of a list, each once. An enrolment uses at most so much net speech, a test likewise.
func (e Ears) Trials(ctx context.Context, trials []trial.Trial, enrol, test time.Duration, at int, status terminal.Output) (h Heard, err error) {
	type side struct {
		as    role
		files string
	}
	enrolled := func(t trial.Trial) side { return side{enrolling, strings.Join(t.Enrol, "|")} }
	tested := func(t trial.Trial) side { return side{calling, t.Test} }
	voices, order := map[side]*Voice{}, []side{}
	for _, t := range trials {
		for _, s := range []side{enrolled(t), tested(t)} {
			if voices[s] == nil {
				voices[s] = &Voice{}
				order = append(order, s)
			}
		}
	}
	most := map[role]time.Duration{enrolling: enrol, calling: test}
	bar := status.Steps(len(order), "recordings")
	defer bar.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(at)
	for _, s := range order {
		g.Go(func() (err error) {
			*voices[s], err = e.files(ctx, s.files, most[s.as], s.as)
			bar.Step()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return h, err
	}
	for _, t := range trials {
		h.Comparisons = append(h.Comparisons, Comparison{
			voices[enrolled(t)], voices[tested(t)],
			t.Profile, t.Caller, t.Target, t.Conditions,
		})
	}
	return h, nil
}

// files hears recordings one after the other as one voice, up to a limit of net speech. Those of an enrolment are separated by |.
func (e Ears) files(ctx context.Context, name string, limit time.Duration, as role) (Voice, error) {
	files := []string{name}
	if as == enrolling {
		files = strings.Split(name, "|")
	}
	recordings := make([]trial.Recording, len(files))
	for i, f := range files {
		recordings[i] = trial.Recording{File: f}
	}
	a, unreadable, err := readAll(recordings)
	if err != nil {
		return Voice{}, err
	}
	if unreadable != "" {
		return Voice{Name: name, Refused: unreadable}, nil
	}
	h, err := e.listen(ctx, a, limit)
	if err != nil {
		return Voice{}, err
	}
	return e.voice(ctx, name, h, as)
}
