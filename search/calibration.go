package search

import (
	"encoding/json"
	"math"
	"time"

	"timbre"
)

// Calibration maps the cosine score of two voiceprints, and the net speech that each was made from, to the probability that
// both are one person, at a prior of one half:
//
//	logit = bias + score·c + log_long·ln L + log_short·ln S + score_log_short·c·ln S
//
// where c is the cosine, and L and S are the seconds of the longer and of the shorter side, limited to min_s and max_s.
type Calibration struct {
	MinSeconds    float64 `json:"min_s"`
	MaxSeconds    float64 `json:"max_s"`
	Bias          float64 `json:"bias"`
	Score         float64 `json:"score"`
	LogLong       float64 `json:"log_long"`
	LogShort      float64 `json:"log_short"`
	ScoreLogShort float64 `json:"score_log_short"`
}

// ParseCalibration reads the JSON document that belongs to a speaker model.
func ParseCalibration(document []byte) (Calibration, error) {
	const op = "search.ParseCalibration"
	var c Calibration
	if err := json.Unmarshal(document, &c); err != nil {
		return c, timbre.Errorf(timbre.Internal, op, "%w", err)
	}
	if !(c.MinSeconds > 0 && c.MinSeconds <= c.MaxSeconds) {
		return c, timbre.Errorf(timbre.Internal, op, "min_s %v and max_s %v are not a range of seconds", c.MinSeconds, c.MaxSeconds)
	}
	// A higher score is never a worse match, whatever the net speech.
	if c.slope(math.Log(c.MinSeconds)) <= 0 || c.slope(math.Log(c.MaxSeconds)) <= 0 {
		return c, timbre.Errorf(timbre.Internal, op, "the probability does not increase with the score")
	}
	return c, nil
}

// Probability returns the probability that two voices with a score are one person. The order of the two is irrelevant.
func (c Calibration) Probability(score float64, net1, net2 time.Duration) float64 {
	return probability(c.logit(score, c.logSeconds(net1), c.logSeconds(net2)))
}

// logSeconds is the logarithm of net speech in seconds, limited to the range of the calibration.
func (c Calibration) logSeconds(net time.Duration) float64 {
	return math.Log(max(c.MinSeconds, min(c.MaxSeconds, net.Seconds())))
}

func (c Calibration) slope(logShort float64) float64 { return c.Score + c.ScoreLogShort*logShort }

// logit is that of the probability, from the score and the logarithms of both sides' seconds.
func (c Calibration) logit(score, log1, log2 float64) float64 {
	long, short := max(log1, log2), min(log1, log2)
	return c.Bias + c.LogLong*long + c.LogShort*short + c.slope(short)*score
}

func probability(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }
