package task

import (
	"context"
	"time"

	"timbre"
)

// The results whose delay is measured.
const (
	ofIdentification = "identification"
	ofVoiceprint     = "voiceprint"
	ofTone           = "tone"
)

// ofSegments is what the first two are made of.
const ofSegments = "segments"

// dueAfter is how long after the speech that it needs a result is due. A name is what people wait for; a voiceprint is wanted after the call.
var dueAfter = map[string]time.Duration{ofIdentification: 0, ofSegments: 500 * time.Millisecond, ofTone: time.Second, ofVoiceprint: 30 * time.Second}

// arrival is when audio came from the call, and when it was to be passed on as speech.
type arrival struct{ came, due time.Time }

// dated is a result with the arrival of the last of the audio that it needs.
type dated struct {
	result string
	audio  arrival
}

// delays measure how far the results of a task are behind its call. Jobs return their results in the order in which they were requested.
type delays struct {
	newest  arrival   // of the audio that the task has taken in; zero: not known
	seconds []arrival // of the end of each second of net speech of a speaker search
	jobs    []dated   // requested results, oldest first
	unsaved []dated   // results that the store does not have yet
}

// hear takes in that audio came.
func (d *delays) hear(s timbre.Speech) { d.newest = arrival{s.Came, s.Due} }

// fill takes in how much net speech a speaker search has buffered.
func (d *delays) fill(net time.Duration) {
	for len(d.seconds) <= int(net/time.Second) {
		d.seconds = append(d.seconds, d.newest)
	}
}

// request begins a job that needs the audio that has come so far.
func (d *delays) request(result string) dated { return d.begin(dated{result, d.newest}) }

// requestAt begins a job that needs an amount of net speech, which may have been complete for some time.
func (d *delays) requestAt(result string, net time.Duration) dated {
	audio := d.newest
	if n := int(net / time.Second); n < len(d.seconds) {
		audio = d.seconds[n]
	}
	return d.begin(dated{result, audio})
}

func (d *delays) begin(r dated) dated {
	d.jobs = append(d.jobs, r)
	return r
}

// context is that of the result's job, by which the models know when it is due.
func (r dated) context(ctx context.Context) context.Context {
	if at, known := r.due(); known {
		return timbre.WithDueTime(ctx, at)
	}
	return ctx
}

// due is when the result is; false: it is not known.
func (r dated) due() (at time.Time, known bool) {
	return r.audio.due.Add(dueAfter[r.result]), !r.audio.due.IsZero()
}

// finish ends the oldest job. What it reports has to be saved.
func (d *delays) finish(in input, reports bool) {
	switch in.(type) {
	case searched, voiceprintMade, voicesMixed, workFailed, toneScored:
	default:
		return
	}
	if len(d.jobs) == 0 {
		return
	}
	if done := d.jobs[0]; reports && !done.audio.came.IsZero() {
		d.unsaved = append(d.unsaved, done)
	}
	d.jobs = d.jobs[1:]
}

// save observes the results that have been saved.
func (d *delays) save(m *metrics) {
	for _, done := range d.unsaved {
		m.delay.WithLabelValues(done.result).Observe(time.Since(done.audio.came).Seconds())
	}
	d.unsaved = nil
}
