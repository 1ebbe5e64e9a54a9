package test

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"timbre"
	"timbre/event/eventtest"
	"timbre/notify/webhook"
)

const hookSecret = "a secret that only the test knows"

// event is what a webhook receives, decoded as a user of the original service would.
type event struct {
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Time       time.Time `json:"time"`
	Detail     struct {
		Sequence        int64  `json:"sequence"`
		PipelineARN     string `json:"mediaInsightsPipelineArn"`
		TaskID          string `json:"taskId"`
		DetailStatus    string `json:"detailStatus"`
		StatusMessage   string `json:"statusMessage"`
		StreamingStatus string `json:"streamingStatus"`
		TransactionID   string `json:"transactionId"`
		ConnectorID     string `json:"voiceConnectorId"`
		CallID          string `json:"callId"`
		StreamARN       string `json:"streamArn"`
		IsCaller        *bool  `json:"isCaller"`
		SDP             struct {
			MediaIndex int    `json:"mediaIndex"`
			MediaLabel string `json:"mediaLabel"`
		} `json:"sdp"`
		Metadata      string            `json:"siprecMetadata"`
		InviteHeaders map[string]string `json:"inviteHeaders"`
		SpeakerSearch struct {
			Results []struct {
				VoiceProfileID  string  `json:"voiceProfileId"`
				ConfidenceScore float64 `json:"confidenceScore"`
			} `json:"results"`
		} `json:"speakerSearchDetails"`
		ToneDetails struct {
			Current *toneSpan `json:"currentAverageVoiceTone"`
			Overall *toneSpan `json:"overallAverageVoiceTone"`
		} `json:"voiceToneAnalysisDetails"`
	} `json:"detail"`
	Raw    []byte `json:"-"`
	Parent string `json:"-"` // header traceparent
}

type toneSpan struct {
	StartTime string             `json:"startTime"`
	EndTime   string             `json:"endTime"`
	Label     string             `json:"voiceToneLabel"`
	Score     map[string]float64 `json:"voiceToneScore"`
}

func (e event) status() string { return e.Detail.DetailStatus + e.Detail.StreamingStatus }

// receiver is a webhook server. It checks signatures and stores the events in order.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	events []event
	more   chan struct{}    // closed and replaced at each event
	refuse bool             // answers 503
	last   map[string]int64 // sequence of the newest event of each lane
}

// eventKinds are the schemas of all events.
var eventKinds = sync.OnceValues(func() (eventtest.Kinds, error) { return eventtest.Load("../docs/events.schema.json") })

// checkEvent checks that an event is as docs/events.md describes it.
func checkEvent(body []byte) error {
	kinds, err := eventKinds()
	if err == nil {
		_, err = kinds.Check(body)
	}
	return err
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	checkLeaks(t)
	r := &receiver{more: make(chan struct{}), last: map[string]int64{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return
		}
		if err := webhook.Verify(hookSecret, q.Header, body, time.Now()); err != nil {
			t.Errorf("webhook signature: %v", err)
		}
		var e event
		if err := json.Unmarshal(body, &e); err != nil {
			t.Errorf("webhook body is not JSON: %v", err)
		}
		if q.Header.Get("Webhook-Id") != e.ID {
			t.Errorf("got webhook-id %q, want %q", q.Header.Get("Webhook-Id"), e.ID)
		}
		e.Raw, e.Parent = body, q.Header.Get("Traceparent")
		r.checkSequence(t, e)
		if err := checkEvent(body); err != nil {
			t.Error(err)
		}
		if !r.take(e) {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) take(e event) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refuse {
		return false
	}
	r.events = append(r.events, e)
	close(r.more)
	r.more = make(chan struct{})
	return true
}

// checkSequence checks that the events of a lane, which arrive in order, have an ascending sequence. An event that is sent again
// has its old one. The metadata of a call has none in its detail.
func (r *receiver) checkSequence(t *testing.T, e event) {
	if e.DetailType == string(timbre.CallMetadata) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	again := slices.IndexFunc(r.events, func(before event) bool { return before.ID == e.ID })
	lane := cmp.Or(e.Detail.TaskID, e.Detail.PipelineARN, e.Detail.TransactionID)
	switch last := r.last[lane]; {
	case again >= 0 && r.events[again].Detail.Sequence != e.Detail.Sequence:
		t.Errorf("event %s: got sequence %d when it was sent again, want %d", e.ID, e.Detail.Sequence, r.events[again].Detail.Sequence)
	case again < 0 && e.Detail.Sequence <= last:
		t.Errorf("event %s (%s): got sequence %d after %d", e.ID, e.status(), e.Detail.Sequence, last)
	}
	r.last[lane] = max(r.last[lane], e.Detail.Sequence)
}

// all returns the events so far that match.
func (r *receiver) all(match func(event) bool) []event {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []event
	for _, e := range r.events {
		if match(e) {
			found = append(found, e)
		}
	}
	return found
}

// wait returns the first event, past or future, that matches. The match may call all.
func (r *receiver) wait(ctx context.Context, t *testing.T, what string, match func(event) bool) event {
	t.Helper()
	for {
		r.mu.Lock()
		events, more := slices.Clone(r.events), r.more
		r.mu.Unlock()
		if i := slices.IndexFunc(events, match); i >= 0 {
			return events[i]
		}
		select {
		case <-more:
		case <-ctx.Done():
			t.Fatalf("got events %v, want: %s", r.statuses(), what)
		}
	}
}

func (r *receiver) statuses() (s []string) {
	for _, e := range r.all(func(event) bool { return true }) {
		s = append(s, e.status())
	}
	return s
}

// of matches the events about a call or task with one of the statuses.
func of(id string, statuses ...string) func(event) bool {
	return func(e event) bool {
		return (e.Detail.TaskID == id || e.Detail.TransactionID == id) && slices.Contains(statuses, e.status())
	}
}
