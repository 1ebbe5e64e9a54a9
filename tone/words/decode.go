package words

import (
	"context"
	"math"
	"slices"

	"timbre"
)

// speechless is the probability of no speech from which a stretch has no words.
const speechless = 0.6

// decode returns the likeliest tokens, one after the other, up to a limit.
func (w *Whisper) decode(ctx context.Context, audio [][]float32, limit int) ([]int64, error) {
	f := w.form
	size := f.layers * f.width * f.length
	memory := [4][]float32{make([]float32, size), make([]float32, size), audio[0], audio[1]}
	next, at := []int64{int64(f.start), int64(f.plain)}, 0
	var text []int64
	for len(text) < min(limit, f.length-3) {
		out, err := w.decoder.Decode(ctx, f.layers, f.width, next, at, memory)
		if err != nil {
			return nil, err
		}
		if len(out) != 3 || len(out[0])%len(next) != 0 || len(out[0])/len(next) <= f.plain || len(out[1]) != size || len(out[2]) != size {
			return nil, timbre.Errorf(timbre.Internal, "words.decode", "got other outputs of the decoder than logits, keys and values")
		}
		vocabulary := len(out[0]) / len(next)
		if at == 0 && probability(out[0][:vocabulary], f.silence) > speechless {
			return nil, nil
		}
		token := f.likeliest(out[0][len(out[0])-vocabulary:], at == 0)
		if token == f.end {
			break
		}
		if text = append(text, int64(token)); repeats(text) > 0 {
			return text[:len(text)-2*repeats(text)], nil
		}
		at, memory[0], memory[1] = at+len(next), out[1], out[2]
		next = []int64{int64(token)}
	}
	return text, nil
}

// likeliest is the token with the highest logit that text may have. Beyond the end stand tokens that are no text.
func (f form) likeliest(logits []float32, first bool) int {
	best := f.end
	if first {
		best = f.silence // a text does not begin with its end
	}
	for t := range f.end {
		if !f.never[t] && (!first || t != f.blank) && (logits[t] > logits[best] || best == f.silence) {
			best = t
		}
	}
	return best
}

// probability is that of one token.
func probability(logits []float32, token int) float64 {
	var sum float64
	for _, l := range logits {
		sum += math.Exp(float64(l - logits[token]))
	}
	return 1 / sum
}

// repeats is the length of a phrase that the text ends with three times, 0 if there is none: speech that is cut within a word
// makes Whisper repeat itself without end.
func repeats(text []int64) int {
	for n := 1; 3*n <= len(text); n++ {
		end := text[len(text)-n:]
		if slices.Equal(end, text[len(text)-2*n:len(text)-n]) && slices.Equal(end, text[len(text)-3*n:len(text)-2*n]) {
			return n
		}
	}
	return 0
}
