package search

import (
	"encoding/json"
	"math"
	"time"

	"timbre"
)

// Calibration turns the score of two voices, and how much net speech each was made from, into the probability that both
// are one person, if that was as likely as not beforehand:
//
//	logit = bias + score·c + log_long·ln L + log_short·ln S + score_log_short·c·ln S
//
// where c is the cosine, and L and S are the seconds of the longer and of the shorter side, between min_s and max_s.
type Calibration struct {
	MinSeconds    float64 `json:"min_s"`
	MaxSeconds    float64 `json:"max_s"`
	Bias          float64 `json:"bias"`
	Score         float64 `json:"score"`
	LogLong       float64 `json:"log_long"`
	LogShort      float64 `json:"log_short"`
	ScoreLogShort float64 `json:"score_log_short"`
}

// ParseCalibration reads the JSON document that comes with a model of voices.
func ParseCalibration(document []byte) (Calibration, error) {
	var c Calibration
	if err := json.Unmarshal(document, &c); err != nil {
		return c, timbre.Errorf(timbre.Internal, "search.ParseCalibration", "%w", err)
	}
	if !(c.MinSeconds > 0 && c.MinSeconds <= c.MaxSeconds) {
		return c, timbre.Errorf(timbre.Internal, "search.ParseCalibration", "min_s %v and max_s %v are no range of seconds", c.MinSeconds, c.MaxSeconds)
	}
	// A better score must never be a worse match, whatever the length.
	if c.slope(math.Log(c.MinSeconds)) <= 0 || c.slope(math.Log(c.MaxSeconds)) <= 0 {
		return c, timbre.Errorf(timbre.Internal, "search.ParseCalibration", "the probability does not grow with the score")
	}
	return c, nil
}

// Probability that two voices with this score are one person, given the net speech of both. The order of the two is free.
func (c Calibration) Probability(score float64, one, other time.Duration) float64 {
	return probability(c.logit(score, c.log(one), c.log(other)))
}

// log is the logarithm of net speech in seconds, within the range that the calibration knows.
func (c Calibration) log(net time.Duration) float64 {
	return math.Log(max(c.MinSeconds, min(c.MaxSeconds, net.Seconds())))
}

func (c Calibration) slope(short float64) float64 { return c.Score + c.ScoreLogShort*short }

// logit of the probability, from the score and the logarithms of both sides' seconds.
func (c Calibration) logit(score, one, other float64) float64 {
	long, short := max(one, other), min(one, other)
	return c.Bias + c.LogLong*long + c.LogShort*short + c.slope(short)*score
}

func probability(logit float64) float64 { return 1 / (1 + math.Exp(-logit)) }
