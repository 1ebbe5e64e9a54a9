package search

import (
	"encoding/json"

	"timbre"
)

// Form is the version of the form of calibration documents.
const Form = 2

// Calibration maps the cosine score c of two voiceprints to the logarithm of the likelihood ratio of "one person" against "two
// people", given the conditions that each was made under:
//
//	llr = bias + score·c + Σ over the quantities of (bias + score·c)·(x + y) + (gap.bias + gap.score·c)·(|x − y| − gap.usual)
//
// where x and y are the quantity on both sides, limited to its range, less its usual value. A quantity that is unknown counts as
// usual. The document is read by people too.
type Calibration struct {
	Form      int        `json:"form"`
	Model     string     `json:"model"`   // name of the speaker model whose scores are mapped
	Version   string     `json:"version"` // of the model
	What      string     `json:"what"`
	Fitted    Fitted     `json:"fitted"`
	Bias      float64    `json:"bias"`
	Score     float64    `json:"score"`
	Speech    Quantity   `json:"speech"`  // ln of the net speech in seconds
	SNR       Quantity   `json:"snr"`     // dB
	Level     Quantity   `json:"level"`   // dBFS
	Clipped   Quantity   `json:"clipped"` // percent of the samples
	Strangers Strangers  `json:"strangers"`
	More      MoreSpeech `json:"more_speech"`
}

// What explains a document to its readers.
const What = "llr = bias + score*c + sum over the quantities of (bias + score*c)*(x + y) + (gap.bias + gap.score*c)*(|x - y| - " +
	"gap.usual), where c is the cosine and x and y are the quantity on both sides, limited to min and max, less the usual " +
	"value. An unknown quantity counts as usual. The llr is the natural logarithm of the likelihood ratio of one person " +
	"against two. speech: ln of the net speech in seconds; snr: dB; level: dBFS; clipped: percent of the samples. strangers: " +
	"the distribution of the llr of a caller who is not enrolled with one profile: mean (with what each quantity of the " +
	"caller adds), the standard deviation that is common to all profiles (voice) and that differs from profile to profile " +
	"(spread, with its tail in units of spread). more_speech: how the llr of a true match changes with twice the speech."

// Fitted says what a calibration was fitted on.
type Fitted struct {
	On        string `json:"on"`
	Speakers  int    `json:"speakers"`
	Targets   int    `json:"targets"`
	Impostors int    `json:"impostors"`
}

// Quantity is what a quantity of the condition adds to the bias and to the weight of the score, for each unit above its usual value.
// The zero value adds nothing.
type Quantity struct {
	Min   float64 `json:"min"`
	Max   float64 `json:"max"`
	Usual float64 `json:"usual"`
	Bias  float64 `json:"bias"`
	Score float64 `json:"score"`
	Gap   Gap     `json:"gap"`
}

// Gap is what the difference between both sides adds.
type Gap struct {
	Usual float64 `json:"usual"`
	Bias  float64 `json:"bias"`
	Score float64 `json:"score"`
}

// MoreSpeech is how the log-likelihood ratio of a true match changes when twice the speech has been heard.
type MoreSpeech struct {
	Gain   float64 `json:"gain"`   // the mean
	Spread float64 `json:"spread"` // the standard deviation
}

// ParseCalibration reads the JSON document that belongs to a speaker model.
func ParseCalibration(document []byte) (Calibration, error) {
	const op = "search.ParseCalibration"
	var c Calibration
	if err := json.Unmarshal(document, &c); err != nil {
		return c, timbre.Errorf(timbre.Invalid, op, "%w", timbre.JSONFault(document, err))
	}
	return c, c.Check()
}

// LLR is the log-likelihood ratio of two voiceprints with a cosine score. The order of the two is irrelevant.
func (c Calibration) LLR(score float64, v, w timbre.Voiceprint) float64 {
	one, other := c.side(v), c.side(w)
	return c.llr(score, &one, &other, c.gaps())
}

// Probability is that of one person, for two voiceprints with a cosine score, where one and two people are equally likely beforehand.
func (c Calibration) Probability(score float64, v, w timbre.Voiceprint) float64 {
	return sigmoid(c.LLR(score, v, w))
}
