package conformance

import "time"

// Outcome is the outcome of a check.
type Outcome string

// The outcomes. NotServed: the server says that it does not support the operation.
const (
	Passed    Outcome = "passed"
	Failed    Outcome = "failed"
	NotServed Outcome = "not served"
	Skipped   Outcome = "skipped"
)

// Result is one check.
type Result struct {
	Area      string  `json:"area"`
	Check     string  `json:"check"`
	Operation string  `json:"operation,omitempty"` // such as voice.GetVoiceConnector; empty if the check concerns several
	Outcome   Outcome `json:"outcome"`
	Reason    string  `json:"reason,omitempty"`   // why it did not pass
	WaitsFor  string  `json:"waitsFor,omitempty"` // of a skipped check: the operation that should have passed before
	Seconds   float64 `json:"seconds"`
}

// Report holds the results of a run.
type Report struct {
	Endpoint string    `json:"endpoint"`
	Began    time.Time `json:"began"`
	Seconds  float64   `json:"seconds"`
	Results  []Result  `json:"results"`
}

// Count returns the number of checks with an outcome.
func (r Report) Count(o Outcome) (n int) {
	for _, c := range r.Results {
		if c.Outcome == o {
			n++
		}
	}
	return n
}
