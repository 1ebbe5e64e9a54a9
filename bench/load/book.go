package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"timbre"
	"timbre/speech"
)

// promise is what a task is to give: a call has begun whose results are expected.
type promise struct {
	began time.Time
	talk  talk
	name  bool // it is to give a name, which has not come
	print bool // likewise a voiceprint
}

// book has what was promised while a run is measured, and what came. It is the webhook of the server.
type book struct {
	mu       sync.Mutex
	from, to time.Time          // what is due between them counts; zero: not yet
	due      map[string]promise // by task
	live     int                // analysed calls
	since    time.Time          // when there have been so many
	callTime time.Duration      // of all analysed calls together, from the beginning
	first    time.Duration      // the same at from
	refused  int
	faults   []error
	results  round
}

// begin begins what is measured, and end ends it.
func (b *book) begin() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(0)
	b.from, b.first = b.since, b.callTime
	return b.from
}

func (b *book) end() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.count(0)
	b.to = b.since
	b.results.kept = (b.callTime - b.first).Seconds() / b.to.Sub(b.from).Seconds()
	return b.to
}

// count takes in that calls have begun or ended.
func (b *book) count(more int) {
	now := time.Now()
	b.callTime += time.Duration(b.live) * now.Sub(b.since)
	b.live, b.since = b.live+more, now
}

// counts says whether what is due at a time is measured.
func (b *book) counts(at time.Time) bool {
	return !b.from.IsZero() && at.After(b.from) && (b.to.IsZero() || at.Before(b.to))
}

// expect notes the tasks of a call that begins now, until it has ended.
func (b *book) expect(search, tone string, t talk) (ended func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := promise{began: time.Now(), talk: t}
	b.due[tone] = p
	p.name, p.print = true, true
	b.due[search] = p
	b.count(1)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.count(-1)
	}
}

// refuse notes that a call or its analysis was refused for overload, or failed otherwise.
func (b *book) refuse(ctx context.Context, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	overloaded := timbre.KindOf(err) == timbre.Throttled || strings.Contains(err.Error(), "ThrottledClientException")
	switch {
	case ctx.Err() != nil:
	case !overloaded:
		b.faults = append(b.faults, err)
	case b.counts(time.Now()):
		b.refused++
	}
}

// lose notes a call that broke.
func (b *book) lose(ctx context.Context, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if ctx.Err() == nil {
		b.faults = append(b.faults, err)
	}
}

// event is what counts of a notification.
type event struct {
	Detail struct {
		TaskID        string `json:"taskId"`
		DetailStatus  string `json:"detailStatus"`
		StatusMessage string `json:"statusMessage"`
		Tone          struct {
			Overall struct {
				Start time.Time `json:"startTime"`
				End   time.Time `json:"endTime"`
			} `json:"overallAverageVoiceTone"`
		} `json:"voiceToneAnalysisDetails"`
	} `json:"detail"`
}

// ServeHTTP implements http.Handler.
func (b *book) ServeHTTP(_ http.ResponseWriter, q *http.Request) {
	at := time.Now()
	body, _ := io.ReadAll(q.Body)
	var e event
	if json.Unmarshal(body, &e) == nil {
		b.take(e, at)
	}
}

// take takes an event that came at a time.
func (b *book) take(e event, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, known := b.due[e.Detail.TaskID]
	if !known {
		return
	}
	note := func(r *results, after time.Duration) {
		if due := p.began.Add(after); b.counts(due) {
			*r = append(*r, at.Sub(due))
		}
	}
	switch e.Detail.DetailStatus {
	case timbre.IdentificationNoMatches, timbre.IdentificationSuccessful:
		note(&b.results.names, p.talk.tenth)
		p.name = false
		b.due[e.Detail.TaskID] = p
	case timbre.VoiceprintGenerationSuccess:
		note(&b.results.voiceprints, p.talk.twentieth)
		p.print = false
		b.due[e.Detail.TaskID] = p
	case timbre.ToneSuccessful:
		note(&b.results.tone, e.Detail.Tone.Overall.End.Sub(e.Detail.Tone.Overall.Start)+speech.Hold)
	case timbre.ToneFailure:
		if strings.Contains(e.Detail.StatusMessage, "a score was skipped") && b.counts(at) {
			b.results.skipped++
		}
	}
}

// sum adds up what has come. Names and voiceprints that have not are as late as they are by now.
func (b *book) sum(r *round) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	r.kept, r.refused, r.skipped = b.results.kept, b.refused, b.results.skipped
	r.names, r.voiceprints, r.tone = b.results.names, b.results.voiceprints, b.results.tone
	for _, p := range b.due {
		if due := p.began.Add(p.talk.tenth); p.name && b.counts(due) {
			r.names = append(r.names, time.Since(due))
		}
		if due := p.began.Add(p.talk.twentieth); p.print && b.counts(due) {
			r.voiceprints = append(r.voiceprints, time.Since(due))
		}
	}
	if len(b.faults) > 0 {
		return fmt.Errorf("%d calls failed, such as: %w", len(b.faults), errors.Join(b.faults[:1]...))
	}
	return nil
}
