// Package words judges the words of a stretch of speech: how positive or negative they are. Audio comes in, two numbers go out; what
// was said is neither stored nor logged.
package words

import (
	"context"
	"strings"

	"github.com/jonreiter/govader"
)

// Transcriber writes down speech. Whisper implements it.
type Transcriber interface {
	Transcribe(ctx context.Context, pcm []float32) (string, error)
}

// Judge judges words by the VADER lexicon, which is English. It is safe for concurrent use.
type Judge struct {
	transcriber Transcriber
	lexicon     *govader.SentimentIntensityAnalyzer
}

// New makes a Judge of what a Transcriber hears.
func New(t Transcriber) *Judge { return &Judge{t, govader.NewSentimentIntensityAnalyzer()} }

// Judge returns the sentiment of the words in audio at 8 kHz, from -1 to 1, and how many words there are.
func (j *Judge) Judge(ctx context.Context, pcm []float32) (sentiment float64, count int, err error) {
	text, err := j.transcriber.Transcribe(ctx, pcm)
	if err != nil {
		return 0, 0, err
	}
	if count = len(strings.Fields(text)); count == 0 {
		return 0, 0, nil
	}
	return j.lexicon.PolarityScores(text).Compound, count, nil
}
