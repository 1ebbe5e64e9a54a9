package evaluate

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/evaluate/trial"
	"timbre/speech"
	"timbre/task"
)

// Track is tone.Track.
type Track interface {
	Add(s timbre.Speech)
	Score(ctx context.Context, at time.Duration) (current, overall timbre.Tone, ok bool, err error)
}

// ToneEars score the tone of recordings as the server does.
type ToneEars struct {
	VAD      speech.SequenceVAD
	Speech   speech.Config
	NewTrack func() Track
}

// Toned is the tone of a recording.
type Toned struct {
	trial.Spoken
	Overall *timbre.Tone  // nil: it was refused
	Looks   []timbre.Tone // every five seconds, and at the end
	Net     time.Duration
	Refused string
}

// Tones hears recordings, each once.
func (e ToneEars) Tones(ctx context.Context, spoken []trial.Spoken, at int, status terminal.Output) ([]Toned, error) {
	all := make([]Toned, len(spoken))
	bar := status.Steps(len(spoken), "recordings")
	defer bar.Close()
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(at)
	for i, s := range spoken {
		g.Go(func() (err error) {
			all[i], err = e.hear(ctx, s)
			bar.Step()
			return err
		})
	}
	return all, g.Wait()
}

func (e ToneEars) hear(ctx context.Context, s trial.Spoken) (t Toned, err error) {
	t.Spoken = s
	recordings := make([]trial.Recording, len(s.Files))
	for i, f := range s.Files {
		recordings[i] = trial.Recording{File: f}
	}
	a, unreadable, err := readAll(recordings)
	if err != nil || unreadable != "" {
		t.Refused = unreadable
		return t, err
	}
	l := toneListener{ctx: ctx, track: e.NewTrack(), tick: task.Tick, to: &t}
	d := speech.NewRecorded(e.VAD, e.Speech, l.receive)
	for at := 0; at < len(a.near); at += timbre.FrameSamples {
		if err := errors.Join(ctx.Err(), a.play(d, at), l.err); err != nil {
			return t, fmt.Errorf("%s: %w", strings.Join(s.Files, "|"), err)
		}
	}
	if err := errors.Join(ctx.Err(), d.End()); err != nil {
		return t, err
	}
	l.look(l.at)
	if t.Overall == nil && t.Refused == "" {
		t.Refused = fmt.Sprintf("too short: %.1f s of speech", t.Net.Seconds())
	}
	return t, l.err
}

// toneListener receives the speech of a recording and scores it when a task would.
type toneListener struct {
	ctx      context.Context
	track    Track
	at, tick time.Duration // media time so far, and of the next score
	to       *Toned
	err      error
}

func (l *toneListener) receive(s timbre.Speech) {
	for ; l.tick < s.At; l.tick += task.Tick {
		l.look(l.tick)
	}
	l.track.Add(s)
	l.at, l.to.Net = s.At, s.Net
}

func (l *toneListener) look(at time.Duration) {
	current, overall, ok, err := l.track.Score(l.ctx, at)
	switch refused := (*timbre.Error)(nil); {
	case errors.As(err, &refused) && refused.Kind == timbre.Unprocessable:
		l.to.Refused = refused.Msg
	case err != nil:
		l.err = errors.Join(l.err, err)
	case ok:
		l.to.Overall, l.to.Looks, l.to.Refused = &overall, append(l.to.Looks, current), ""
	}
}
