package analyze

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"timbre"
	"timbre/speech"
	"timbre/task"
	"timbre/tone"
	"timbre/voice"
)

// listener analyses one leg as a task does: it drops what is not the voice of the party, scores the tone every five seconds of media time and
// searches with as much speech as a voiceprint takes.
type listener struct {
	Analysis
	ctx     context.Context
	speech  *speech.Recorded
	track   *tone.Track
	at      time.Duration // media time of the speech so far
	net     time.Duration // net speech in it
	tick    time.Duration // media time of the next tone score
	voice   []int16       // the first speech, as much as a voiceprint takes
	kept    time.Duration // net speech in that
	dropped timbre.Drops  // what is not the voice of the party
	tone    Tone
	err     error
}

func (a Analysis) listen(ctx context.Context) *listener {
	l := &listener{Analysis: a, ctx: ctx, track: tone.NewTrack(a.Scores, a.Words), tick: task.Tick}
	l.speech = speech.NewRecorded(a.VAD, a.Speech, l.receive)
	return l
}

// hear takes the next frames, and those of the other leg of the call; nil: there is none.
func (l *listener) hear(near, far []int16) error {
	for at := 0; at < len(near); at += timbre.FrameSamples {
		end := min(at+timbre.FrameSamples, len(near))
		err := l.speech.Frame(near[at:end], part(far, at, end))
		if err := errors.Join(l.ctx.Err(), err, l.err); err != nil {
			return err
		}
	}
	return nil
}

// part is a stretch of audio, if there is any.
func part(pcm []int16, from, to int) []int16 {
	if pcm == nil {
		return nil
	}
	return pcm[from:to]
}

// end returns the results.
func (l *listener) end(s timbre.Side) (Leg, error) {
	if err := l.speech.End(); err != nil {
		return Leg{}, err
	}
	l.scoreAt(l.at)
	leg := Leg{Side: s.String(), NetSpeech: l.net.Seconds(), NotAnalysed: l.dropped.String(), Quality: quality(timbre.Wave(nil, l.voice), l.kept), Tone: l.tone}
	if l.Searcher != nil {
		leg.Speaker = l.speaker()
	}
	return leg, l.err
}

// receive processes the next speech.
func (l *listener) receive(s timbre.Speech) {
	for l.tick < s.At {
		l.scoreAt(l.tick)
		l.tick += task.Tick
	}
	l.track.Add(s)
	l.at, l.net = s.At, s.Net
	l.dropped.Add(s.Drop)
	if l.kept < task.ForVoiceprint {
		l.voice, l.kept = append(l.voice, s.PCM...), s.Net
	}
}

// scoreAt scores the tone of the 30 s before a moment. Too little speech is not an error.
func (l *listener) scoreAt(at time.Duration) {
	current, overall, ok, err := l.track.Score(l.ctx, at)
	if err != nil && timbre.KindOf(err) != timbre.Unprocessable {
		l.err = errors.Join(l.err, err)
	}
	if err != nil || !ok {
		return
	}
	o := score(overall)
	l.tone.Overall = &o
	l.tone.OverTime = append(l.tone.OverTime, Span{max(0, at-task.Window).Seconds(), at.Seconds(), score(current)})
}

// speaker searches for the voice.
func (l *listener) speaker() *Speaker {
	s := &Speaker{Matches: []Match{}}
	if l.kept < task.ForSearch {
		s.Message = fmt.Sprintf("%.1f s of speech are too little: %.0f s are needed", l.kept.Seconds(), task.ForSearch.Seconds())
		return s
	}
	who, found, err := l.search()
	for _, m := range found.Matches {
		s.Matches = append(s.Matches, Match(m))
	}
	switch e := (*timbre.Error)(nil); {
	case errors.As(err, &e) && e.Kind == timbre.Unprocessable:
		s.Message = e.Msg
	case err != nil:
		l.err = errors.Join(l.err, err)
	case len(s.Matches) > 0:
		s.Message = who.Message()
	default:
		s.Message = "nobody in the domain"
		for _, why := range []string{found.Skipped, who.Message()} {
			if why != "" {
				s.Message += "; " + why
			}
		}
	}
	return s
}

// search searches for the voice that has spoken longest.
func (l *listener) search() (who task.Speakers, found timbre.Finding, err error) {
	all := timbre.Wave(nil, l.voice)
	voices, err := l.Embedder.Voices(l.ctx, all, l.kept)
	if err != nil {
		return who, found, err
	}
	pcm, net, who := task.Sought(voices, all, l.kept)
	v, err := l.Embedder.Embed(l.ctx, pcm, net)
	if err != nil {
		return who, found, err
	}
	found, err = l.Searcher.Search(l.ctx, l.Domain, v)
	return who, found, err
}

func score(t timbre.Tone) Score { return Score{t.Label(), t.Positive, t.Neutral, t.Negative} }

// quality is the quality of a leg's speech for speaker search.
func quality(pcm []float32, net time.Duration) Quality {
	q := Quality{Verdict: voice.Defect(pcm, net)}
	if q.Verdict == "" {
		q.Verdict = "good"
	}
	if m := voice.MeasureQuality(pcm); len(pcm) > 0 {
		tenth := func(x float64) *float64 { x = math.Round(10*x) / 10; return &x }
		q.Level, q.Above, q.Clipped = tenth(m.Loud), tenth(m.Loud-m.Quiet), m.Clipped
	}
	return q
}
