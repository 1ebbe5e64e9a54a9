// Package report presents the figures of an evaluation: as a table, as JSON, and as one HTML page with plots. It computes nothing.
package report

import (
	"encoding/json"
	"io"

	"timbre/evaluate/metric"
)

// Speaker is the result of an evaluation of speaker recognition.
type Speaker struct {
	Title         string    `json:"title"`
	Model         string    `json:"model"`
	Calibration   string    `json:"calibration"` // whose
	Threshold     float64   `json:"threshold"`   // of the probability from which a search names a profile
	Strangers     float64   `json:"strangers"`   // the greatest share of strangers' calls in which a search names one
	ExpectedShare float64   `json:"prior"`       // of calls whose caller is enrolled
	Protocol      Protocol  `json:"protocol"`
	People        int       `json:"people"`
	Enrolments    int       `json:"enrolments"`
	Tests         int       `json:"tests"`
	SecondVoices  int       `json:"secondVoices"` // enrolments and tests in which another voice was heard, and left out
	Overall       Row       `json:"overall"`
	Groups        []Group   `json:"by"`
	Curves        Curves    `json:"curves"`
	Refused       []Refused `json:"refused"` // voices without a voiceprint
	LeftOut       []Left    `json:"leftOut"` // people in no trial
}

// Protocol says how figures were measured.
type Protocol struct {
	EnrolSeconds float64   `json:"enrolSeconds"` // of net speech, at most
	TestSeconds  []float64 `json:"testSeconds"`
	Draws        int       `json:"bootstrapDraws"`
	Prior        float64   `json:"minDcfTargetPrior"` // both errors cost 1
}

// Group is a condition with a row for each of its values.
type Group struct {
	Condition string `json:"condition"`
	Rows      []Row  `json:"rows"`
}

// Row is the figures of some of the trials.
type Row struct {
	Value string `json:"value"` // of the condition
	metric.Count
	metric.Figures
	Cosine Raw     `json:"cosine"` // of the scores before calibration
	Ranks  Ranks   `json:"search"`
	Named  []Named `json:"named"`
}

// Raw are the error rates of the cosine.
type Raw struct {
	EER     metric.Figure `json:"eer"`
	FRRAt1  metric.Figure `json:"frrAtFar1Percent"`
	FRRAt01 metric.Figure `json:"frrAtFar0.1Percent"`
}

// Ranks are the figures of a search of everybody who is enrolled, for tests of enrolled people, without a threshold.
type Ranks struct {
	Tests    int           `json:"tests"`
	Profiles int           `json:"profiles"` // searched by a test, in the median
	Top1     metric.Figure `json:"top1"`     // share of tests in which the right profile is the first
	Top10    metric.Figure `json:"top10"`
}

// Named is what a search of so many profiles answers, at the threshold.
type Named struct {
	Profiles   int           `json:"profiles"`
	Tests      int           `json:"tests"`
	Strangers  metric.Figure `json:"strangersNamed"` // share of searches by somebody who is not enrolled that name a profile
	Identified metric.Figure `json:"identified"`     // share of searches by somebody who is, whose first match is right
	Misnamed   metric.Figure `json:"misnamed"`       // and whose first match is wrong
}

// Curves are what the plots show.
type Curves struct {
	DET         []Rates      `json:"det"`
	Reliability []metric.Bin `json:"reliability"`
	ECE         float64      `json:"expectedCalibrationError"`
	Histogram   Histogram    `json:"histogram"`
}

// Rates are the error rates at a threshold of the log-likelihood ratio.
type Rates struct {
	Threshold float64 `json:"threshold"`
	FRR       float64 `json:"frr"`
	FAR       float64 `json:"far"`
}

// Histogram counts log-likelihood ratios in ranges of equal width.
type Histogram struct {
	Low        float64 `json:"low"`
	High       float64 `json:"high"`
	Targets    []int   `json:"targets"`
	NonTargets []int   `json:"nonTargets"`
}

// Refused is a voice that no voiceprint was made of, and in how many trials it is.
type Refused struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
	Trials int    `json:"trials"`
}

// Left is somebody who is in no trial.
type Left struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// JSON writes a report as JSON.
func JSON(w io.Writer, report any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(report)
}
