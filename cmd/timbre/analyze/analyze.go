// Package analyze analyses recordings as the server analyses calls. WAV files come in; for each leg, net speech, audio quality, tone
// over time and, if a domain is given, matching profiles go out. It stores neither audio nor voiceprints.
package analyze

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"timbre"
	"timbre/cmd/timbre/terminal"
	"timbre/rtp/codec"
	"timbre/speech"
	"timbre/task"
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
	VAD      speech.VAD
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

func (a Analysis) file(ctx context.Context, name string, status terminal.Output, title string) (File, error) {
	f := File{Name: name, Legs: []Leg{}}
	channels, err := read(name)
	if err != nil {
		f.Error = err.Error()
		return f, nil
	}
	length := timbre.Duration(len(channels[0]))
	f.Seconds = length.Seconds()
	f.Legs = make([]Leg, len(channels))
	bar := status.Progress(length * time.Duration(len(channels)))
	defer bar.Close()
	bar.Say(title)
	var analysed atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for i, near := range channels {
		var far []int16
		if len(channels) == 2 {
			far = channels[1-i]
		}
		g.Go(func() (err error) {
			f.Legs[i], err = a.leg(ctx, side(i, len(channels)), near, far, func(d time.Duration) { bar.At(time.Duration(analysed.Add(int64(d)))) })
			return err
		})
	}
	return f, g.Wait()
}

// side is the side of a channel: of two channels, the first is the caller's.
func side(channel, channels int) timbre.Side {
	if channels == 1 {
		return timbre.Mixed
	}
	return []timbre.Side{timbre.Caller, timbre.Callee}[channel]
}

// read returns the channels of a recording, at least one.
func read(name string) ([][]int16, error) {
	f, err := os.Open(name)
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return nil, p.Err // the report has the name
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return codec.ReadWAV(f)
}

// leg analyses one leg as a task does: it drops what is not the voice of the party, scores the tone every five seconds of media time and
// searches with as much speech as a voiceprint takes. far is the other leg of the call; nil: there is none.
func (a Analysis) leg(ctx context.Context, s timbre.Side, near, far []int16, progress func(time.Duration)) (Leg, error) {
	l := listener{Analysis: a, ctx: ctx, track: tone.NewTrack(a.Scores, a.Words), tick: task.Tick}
	d := speech.NewRecorded(a.VAD, a.Speech, l.receive)
	for at := 0; at < len(near); at += timbre.FrameSamples {
		end := min(at+timbre.FrameSamples, len(near))
		err := d.Frame(timbre.Duration(at), near[at:end], part(far, at, end))
		progress(timbre.Duration(end - at))
		if err := errors.Join(ctx.Err(), err, l.err); err != nil {
			return Leg{}, err
		}
	}
	if err := d.End(); err != nil {
		return Leg{}, err
	}
	l.scoreAt(l.at)
	leg := Leg{Side: s.String(), NetSpeech: l.net.Seconds(), NotAnalysed: l.dropped.String(), Quality: quality(timbre.Wave(nil, l.voice), l.kept), Tone: l.tone}
	if a.Searcher != nil {
		leg.Speaker = l.speaker()
	}
	return leg, l.err
}

// part is a stretch of audio, if there is any.
func part(pcm []int16, from, to int) []int16 {
	if pcm == nil {
		return nil
	}
	return pcm[from:to]
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
