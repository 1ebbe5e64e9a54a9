// Package analyze analyses recordings as the server analyses calls. WAV files come in; for each leg, net speech, audio quality, tone
// over time and, if a domain is given, matching profiles go out. It stores neither audio nor voiceprints.
package analyze

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/speech"
	"timbre/tone"
)

// Embedder is voice.Embedder.
type Embedder interface {
	Voices(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voices, error)
	Embed(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voiceprint, error)
}

// Searcher is search.Searcher.
type Searcher interface {
	Search(ctx context.Context, domainID string, v timbre.Voiceprint) (timbre.Finding, error)
}

// Analysis holds the models and settings of an analysis.
type Analysis struct {
	VAD      speech.SequenceVAD
	Speech   speech.Config
	Scores   tone.AudioScorer
	Words    tone.Words // nil: tone is sound alone
	Embedder Embedder
	Searcher Searcher // nil: no speaker search
	Domain   string   // to search
	Now      func() time.Time
}

// Files analyses files one after the other. A file that cannot be read has an Error in the report. Progress goes to status. The
// error is that of the context or of a model.
func (a Analysis) Files(ctx context.Context, names []string, status terminal.Output) (Report, error) {
	start := a.Now()
	r := Report{Files: []File{}}
	for i, name := range names {
		f, err := a.file(ctx, name, status, fmt.Sprintf("%s (%d of %d)", name, i+1, len(names)))
		if err != nil {
			return r, err
		}
		r.Files = append(r.Files, f)
		r.Seconds += f.Seconds
	}
	if r.Elapsed = a.Now().Sub(start).Seconds(); r.Elapsed > 0 {
		r.Speed = r.Seconds / r.Elapsed
	}
	return r, nil
}

// file analyses the legs of a recording while it is read.
func (a Analysis) file(ctx context.Context, name string, status terminal.Output, title string) (File, error) {
	f := File{Name: name, Legs: []Leg{}}
	r, err := open(name)
	if err != nil {
		f.Error = err.Error()
		return f, nil
	}
	defer r.close()
	bar := status.Progress(r.Length())
	defer bar.Close()
	bar.Say(title)
	legs := make([]*listener, r.Channels())
	for i := range legs {
		legs[i] = a.listen(ctx)
	}
	heard := 0
	for {
		piece, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			f.Error = err.Error()
			return f, nil
		}
		if err := together(ctx, legs, func(i int, l *listener) error { return l.hear(piece[i], other(piece, i)) }); err != nil {
			return f, err
		}
		heard += len(piece[0])
		bar.At(timbre.Duration(heard))
	}
	f.Seconds, f.Legs = timbre.Duration(heard).Seconds(), make([]Leg, len(legs))
	return f, together(ctx, legs, func(i int, l *listener) (err error) {
		f.Legs[i], err = l.end(side(i, len(legs)))
		return err
	})
}

// together does something with all legs at once.
func together(ctx context.Context, legs []*listener, do func(i int, l *listener) error) error {
	var g errgroup.Group
	for i, l := range legs {
		g.Go(func() error { return do(i, l) })
	}
	return errors.Join(g.Wait(), ctx.Err())
}

// other is the audio of the other leg of a call; nil: there is none.
func other(piece [][]int16, i int) []int16 {
	if len(piece) == 1 {
		return nil
	}
	return piece[1-i]
}

// side is the side of a channel: of two channels, the first is the caller's.
func side(channel, channels int) timbre.Side {
	if channels == 1 {
		return timbre.Mixed
	}
	return []timbre.Side{timbre.Caller, timbre.Callee}[channel]
}

// Print writes a report as text or as JSON.
func (r Report) Print(out terminal.Output, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return r.table(out)
}

// Failed is an error if files could not be read.
func (r Report) Failed() error {
	n := 0
	for _, f := range r.Files {
		if f.Error != "" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return timbre.Errorf(timbre.Invalid, "", "%d of %d files could not be analysed", n, len(r.Files))
}
