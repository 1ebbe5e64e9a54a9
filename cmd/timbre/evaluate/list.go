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
	voices, order := map[string]*Voice{}, []string{}
	key := func(kind string, files ...string) string { return kind + strings.Join(files, "|") }
	files, most := map[string][]string{}, map[string]time.Duration{}
	want := func(k string, limit time.Duration, names ...string) {
		if voices[k] == nil {
			voices[k], files[k], most[k] = &Voice{}, names, limit
			order = append(order, k)
		}
	}
	for _, t := range trials {
		want(key("enrol ", t.Enrol...), enrol, t.Enrol...)
		want(key("test ", t.Test), test, t.Test)
	}
	bar := status.Steps(len(order), "recordings")
	defer bar.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(at)
	for _, k := range order {
		v := voices[k]
		g.Go(func() (err error) {
			*v, err = e.files(ctx, files[k], most[k])
			bar.Step()
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return h, err
	}
	for _, t := range trials {
		h.Comparisons = append(h.Comparisons, Comparison{
			voices[key("enrol ", t.Enrol...)], voices[key("test ", t.Test)],
			t.Profile, t.Caller, t.Target, t.Conditions,
		})
	}
	return h, nil
}

// files hears recordings, one after the other as one voice, up to a limit of net speech.
func (e Ears) files(ctx context.Context, names []string, limit time.Duration) (Voice, error) {
	recordings := make([]trial.Recording, len(names))
	for i, n := range names {
		recordings[i] = trial.Recording{File: n}
	}
	name := strings.Join(names, "|")
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
	return e.voice(ctx, name, h)
}
