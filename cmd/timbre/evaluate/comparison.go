package evaluate

import (
	"time"

	"timbre"
)

// Comparison is a trial whose voices have been heard.
type Comparison struct {
	Enrolled, Tested *Voice
	Profile, Caller  string // who they are
	Target           bool
	Conditions       map[string]string
}

// refused says why a comparison has no score; empty: it has one.
func (c Comparison) refused() string {
	if c.Enrolled.Refused != "" {
		return c.Enrolled.Refused
	}
	return c.Tested.Refused
}

// cosine is the similarity of both embeddings.
func (c Comparison) cosine() (sum float64) {
	other := c.Tested.Print.Embedding
	for i, x := range c.Enrolled.Print.Embedding {
		sum += float64(x) * float64(other[i])
	}
	return sum
}

// Calibration is search.Calibration.
type Calibration interface {
	LLR(score float64, v, w timbre.Voiceprint) float64
}

// llr is the logarithm of the likelihood ratio that both voices are one person, by a calibration.
func (c Comparison) llr(by Calibration) float64 {
	return by.LLR(c.cosine(), c.Enrolled.Print, c.Tested.Print)
}

// Left is somebody or something that was not evaluated, and why.
type Left struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Heard is all that was heard for an evaluation.
type Heard struct {
	Comparisons []Comparison
	LeftOut     []Left // people with too few recordings; they are in no comparison
}

// Suffices says why nothing can be measured: rates are of trials of one person and of trials of two.
func (h Heard) Suffices() error {
	var one, two bool
	for _, c := range h.Comparisons {
		one, two = one || c.Target, two || !c.Target
	}
	switch {
	case one && two:
		return nil
	case len(h.LeftOut) > 0:
		return timbre.Errorf(timbre.Invalid, "", "nothing can be measured: %d people were left out; %s, for one: %s", len(h.LeftOut), h.LeftOut[0].Name, h.LeftOut[0].Reason)
	}
	return timbre.Errorf(timbre.Invalid, "", "nothing can be measured: trials of one person and trials of two people are needed")
}

// profile is an enrolled voice as a profile of a domain.
func (v *Voice) profile(id string, expires time.Time) timbre.Profile {
	return timbre.Profile{ID: id, Voiceprint: v.Print, Expires: expires}
}
