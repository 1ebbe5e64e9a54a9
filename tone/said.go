package tone

import (
	"context"
	"time"

	"timbre"
)

// Words judges what is said in a stretch of audio: a sentiment from -1 to 1, and the number of words. words.Judge implements it.
type Words interface {
	Judge(ctx context.Context, pcm []float32) (sentiment float64, count int, err error)
}

// The weight of words against sound. The lexicon's scores are not trained on calls: they are bounded so that the words of a plain
// voice can tip its tone only if nearly all of them are of one kind.
const (
	leastHeard = 2 * time.Second  // of new speech: less is heard with the next look
	mostHeard  = 10 * time.Second // of new speech: what was before is not heard
	unheard    = 10.0             // words without sentiment that each look is shrunk by
	strength   = 4.0              // log-odds of a sentiment of 1
	strongest  = 2.0              // log-odds
)

// opinion is the sentiment of the words of some new speech.
type opinion struct {
	at        time.Duration // the end of the speech
	sentiment float64
	words     float64
}

// said is what the words of a leg were worth in the last 30 s. The words themselves are not kept.
type said struct {
	words    Words
	until    time.Duration // heard so far
	opinions []opinion
}

// odds returns what the words change in the log-odds at a moment, after hearing what is new in the audio since the last one.
func (s *said) odds(ctx context.Context, at time.Duration, speech func(from, to time.Duration) []float32) (Odds, error) {
	if s.words == nil {
		return Odds{}, nil
	}
	pcm := speech(max(s.until, at-Span), at)
	if len(pcm) >= timbre.Samples(leastHeard) {
		s.until = at
		sentiment, n, err := s.words.Judge(ctx, pcm[max(0, len(pcm)-timbre.Samples(mostHeard)):])
		if err != nil {
			return Odds{}, err
		}
		s.opinions = append(s.opinions, opinion{at, max(-1, min(1, sentiment)), float64(n)})
	}
	for len(s.opinions) > 0 && s.opinions[0].at <= at-Span {
		s.opinions = s.opinions[1:]
	}
	return weigh(s.opinions), nil
}

// weigh turns opinions into log-odds: their mean by words, shrunk and bounded. What is for positive is against negative.
func weigh(opinions []opinion) Odds {
	sum, words := 0.0, unheard
	for _, o := range opinions {
		sum += o.words * o.sentiment
		words += o.words
	}
	x := max(-strongest, min(strongest, strength*sum/words))
	return Odds{Positive: x, Negative: -x}
}
