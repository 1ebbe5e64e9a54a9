package timbre

import (
	"context"
	"time"
)

// SummaryDelay is how long after the end of a call its summary is posted.
const SummaryDelay = 5 * time.Minute

// Summary is what speaker search found on one leg of a call, and what the client made of it.
type Summary struct {
	BestMatch        string // the profile with the greatest confidence; empty: none
	Confirmed        string // the profile that the client confirmed; empty: none
	Created, Updated []ProfileRequest
}

// ProfileRequest is a request of the client that created or renewed a profile.
type ProfileRequest struct {
	ProfileID string
	Time      time.Time
}

// Enrolment is a ProfileRequest that took the voiceprint of a task.
type Enrolment struct {
	ProfileRequest
	TaskID  string
	Renewed bool // else created
}

// CallResults are a call with its tasks, oldest first, and their enrolments, oldest first.
type CallResults struct {
	Call       Call
	Tasks      []Task // without their voiceprints
	Enrolments []Enrolment
}

// Summaries are the calls on which a task was started, until their summary is posted.
type Summaries interface {
	// PendingSummaries returns the transaction id and the end of each call that has ended and whose summary is not posted.
	PendingSummaries(ctx context.Context) (map[string]time.Time, error)
	// CallResults returns what the summary of a call tells. NotFound if it has been posted, or if no task was started on the call.
	CallResults(ctx context.Context, transactionID string) (CallResults, error)
	// PostSummary posts the notices of a summary, once: NotFound as in CallResults.
	PostSummary(ctx context.Context, transactionID string, notices []Notice) error
}
