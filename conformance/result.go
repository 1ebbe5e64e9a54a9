package conformance

import "time"

// Outcome is how a check ended.
type Outcome string

// The outcomes. NotServed is a server's own statement that it does not do an operation.
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
	Operation string  `json:"operation,omitempty"` // as voice.GetVoiceConnector; empty where a check is about several
	Outcome   Outcome `json:"outcome"`
	Reason    string  `json:"reason,omitempty"`   // why it did not pass
	WaitsFor  string  `json:"waitsFor,omitempty"` // of a skipped check: the operation that did not pass before it
	Seconds   float64 `json:"seconds"`
}

// Report is all checks of a run.
type Report struct {
	Endpoint string    `json:"endpoint"`
	Began    time.Time `json:"began"`
	Seconds  float64   `json:"seconds"`
	Results  []Result  `json:"results"`
}

// Count says how many checks ended so.
func (r Report) Count(o Outcome) (n int) {
	for _, c := range r.Results {
		if c.Outcome == o {
			n++
		}
	}
	return n
}
