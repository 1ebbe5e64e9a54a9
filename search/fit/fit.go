// Package fit makes calibrations of scored pairs of voiceprints whose speakers are known. Trials come in; a search.Calibration goes
// out, or the reason why the trials do not suffice. It computes no scores, and reads and writes nothing.
package fit

import (
	"timbre"
	"timbre/search"
)

// Trial is a comparison of a profile with a call. Of the voiceprints, only net speech and condition are read.
type Trial struct {
	Score              float64 // the cosine
	Profile, Caller    timbre.Voiceprint
	ProfileID, CallID  string // the recordings; calls that are beginnings of one another have one id
	Enrolled, Speaking string // the people
}

// Target reports whether both recordings are of one person.
func (t Trial) Target() bool { return t.Enrolled == t.Speaking }

// The least that a calibration is fitted on. With fewer people its tail would be a guess.
const (
	LeastPeople    = 15
	LeastTargets   = 30
	LeastImpostors = 500
)

// Ridge is the weight of the penalty on the terms of the condition, which the few conditions that are measured would otherwise
// overfit. It is the largest that costs nothing on people left out of the fit.
const Ridge = 0.001

// Prior is the share of targets that the fit is weighted for. Searches of many profiles are decided where likelihood ratios are high, so the
// fit looks there rather than where one person and two are equally likely.
const Prior = 0.05

// Calibrate fits a calibration to trials. Its model, version and description are the caller's to fill in. Unprocessable: the trials do
// not suffice, or the score says nothing about the person.
func Calibrate(trials []Trial) (search.Calibration, error) {
	c := search.Calibration{Form: search.Form, What: search.What}
	people := map[string]bool{}
	for _, t := range trials {
		people[t.Enrolled], people[t.Speaking] = true, true
		if t.Target() {
			c.Fitted.Targets++
		} else {
			c.Fitted.Impostors++
		}
	}
	c.Fitted.Speakers = len(people)
	if f := c.Fitted; f.Speakers < LeastPeople || f.Targets < LeastTargets || f.Impostors < LeastImpostors {
		return c, timbre.Errorf(timbre.Unprocessable, "fit.Calibrate",
			"%d people, %d comparisons of one person and %d of two are too few: at least %d, %d and %d are needed",
			f.Speakers, f.Targets, f.Impostors, LeastPeople, LeastTargets, LeastImpostors)
	}
	if err := fitScore(&c, trials); err != nil {
		return c, err
	}
	c.Strangers = fitStrangers(&c, trials)
	c.More = fitMore(&c, trials)
	return c, c.Check()
}
