package voice

import (
	"context"
	"time"

	"timbre"
)

// Voices are told apart by segments: long enough for a voice to show, short enough to lie within a turn.
const (
	segment = 2 * time.Second
	step    = time.Second // from one to the next
)

// Voices tells apart the voices in voiced audio that holds net of speech. One voice has all of it. Of two, the audio is that
// of the one who has spoken longer, without the seconds in which the other may speak too.
func (e *Embedder) Voices(ctx context.Context, pcm []float32, net time.Duration) (timbre.Voices, error) {
	var segments timbre.Segments
	defer segments.Erase()
	return e.VoicesBy(ctx, pcm, net, &segments)
}

// VoicesBy is Voices by segments that have been made of the beginning of the audio, to which it adds the others.
func (e *Embedder) VoicesBy(ctx context.Context, pcm []float32, net time.Duration, segments *timbre.Segments) (timbre.Voices, error) {
	one := timbre.Voices{PCM: pcm, Net: net}
	n := CountSegments(len(pcm))
	if n < leastSegments || Defect(pcm, net) != "" { // Embed gives the reason
		return one, nil
	}
	if sure, err := e.cover(ctx, segments, n, func(from, to int) []float32 { return pcm[from:to] }); sure || err != nil {
		return one, err
	}
	return Apart(pcm, net, (*segments)[:n], LeastUnity), nil
}

// AddSegments adds segments of audio that is still growing, before its voices are told apart: those that will be needed for sure, and in doubt
// those in between as soon as voices can be told apart. A name is due a second later; what comes after that is not so urgent.
func (e *Embedder) AddSegments(ctx context.Context, pcm []int16, segments *timbre.Segments) error {
	n, audio := CountSegments(len(pcm)), func(from, to int) []float32 { return timbre.Wave(nil, pcm[from:to]) }
	if n != leastSegments {
		return e.add(ctx, segments, n, touching, audio)
	}
	_, err := e.cover(ctx, segments, n, audio)
	return err
}

// cover embeds those of the first n segments that are missing and needed. First those that touch, which cover the audio once; if they leave
// it in doubt whether one voice speaks, those in between as well.
func (e *Embedder) cover(ctx context.Context, segments *timbre.Segments, n int, audio func(from, to int) []float32) (sure bool, err error) {
	if err := e.add(ctx, segments, n, touching, audio); err != nil {
		return false, err
	}
	if Clear((*segments)[:n]) {
		return true, nil
	}
	return false, e.add(ctx, segments, n, 1, audio)
}

// Apart tells apart the voices in audio by its segments. Below the threshold of their unity there are two.
func Apart(pcm []float32, net time.Duration, segments []timbre.Embedding, threshold float64) timbre.Voices {
	if len(segments) < leastSegments {
		return timbre.Voices{PCM: pcm, Net: net}
	}
	d := divide(segments)
	if unity(segments, d, touching) >= threshold {
		return timbre.Voices{PCM: pcm, Net: net}
	}
	speech := net.Seconds() / timbre.Duration(len(pcm)).Seconds() // the share of speech in the audio
	scaled := func(audio []float32) time.Duration {
		return time.Duration(speech * float64(timbre.Duration(len(audio))))
	}
	own, other := d.apart(pcm)
	return timbre.Voices{PCM: own, Net: scaled(own), Other: scaled(other)}
}

// Segments embeds the segments of audio.
func (e *Embedder) Segments(ctx context.Context, pcm []float32) (all timbre.Segments, err error) {
	err = e.add(ctx, &all, CountSegments(len(pcm)), 1, func(from, to int) []float32 { return pcm[from:to] })
	return all, err
}

// add embeds those that are missing of every so many of the first n segments.
func (e *Embedder) add(ctx context.Context, segments *timbre.Segments, n, every int, audio func(from, to int) []float32) error {
	*segments = append(*segments, make(timbre.Segments, max(0, n-len(*segments)))...)
	for i := 0; i < n; i += every {
		if (*segments)[i] != nil {
			continue
		}
		from := i * timbre.Samples(step)
		vector, err := e.model.Wave(ctx, audio(from, from+timbre.Samples(segment)))
		if err != nil {
			return err
		}
		embedding, ok := normalize(vector)
		clear(vector)
		if !ok {
			return timbre.Errorf(timbre.Unprocessable, "voice.Voices", "the audio has no voice to tell from others")
		}
		(*segments)[i] = embedding
	}
	return nil
}

// CountSegments is the number of overlapping segments of so many samples.
func CountSegments(samples int) int {
	return max(0, samples-timbre.Samples(segment-step)) / timbre.Samples(step)
}

// leastLean is how clearly a segment must lean to its voice for its audio to be of that voice alone.
const leastLean = 0.2

// apart returns the audio that is clearly of the larger group, that is each step of it whose segments all are, and the audio that is
// more like the smaller one.
func (d division) apart(pcm []float32) (own, other []float32) {
	n := timbre.Samples(step)
	for k := 0; k*n < len(pcm); k++ {
		least, sum := 1.0, 0.0
		for i := max(0, min(k, len(d.second)-1)-int(segment/step)+1); i <= min(k, len(d.second)-1); i++ {
			lean := d.lean[i]
			if d.second[i] {
				lean = -lean
			}
			least, sum = min(least, lean), sum+lean
		}
		switch audio := pcm[k*n : min(len(pcm), (k+1)*n)]; {
		case least >= leastLean:
			own = append(own, audio...)
		case sum < 0:
			other = append(other, audio...)
		}
	}
	return own, other
}
