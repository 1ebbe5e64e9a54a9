package task

import (
	"time"

	"timbre"
)

// The results whose delay is measured.
const (
	ofIdentification = "identification"
	ofVoiceprint     = "voiceprint"
	ofTone           = "tone"
)

// dated is a result with the time at which the audio that it needs was complete on the call.
type dated struct {
	result string
	since  time.Time
}

// delays measure how far the results of a task are behind its call. Jobs return their results in the order in which they were requested.
type delays struct {
	came    time.Time   // the newest audio that the task has taken in; zero: not known
	seconds []time.Time // when each second of net speech of a speaker search was complete
	jobs    []dated     // requested results, oldest first
	unsaved []dated     // results that the store does not have yet
}

// hear takes in that audio came.
func (d *delays) hear(s timbre.Speech) { d.came = s.Came }

// fill takes in how much net speech a speaker search has buffered.
func (d *delays) fill(net time.Duration) {
	for len(d.seconds) <= int(net/time.Second) {
		d.seconds = append(d.seconds, d.came)
	}
}

// request begins a job that needs the audio that has come so far.
func (d *delays) request(result string) { d.jobs = append(d.jobs, dated{result, d.came}) }

// requestAt begins a job that needs an amount of net speech, which may have been complete for some time.
func (d *delays) requestAt(result string, net time.Duration) {
	since := d.came
	if n := int(net / time.Second); n < len(d.seconds) {
		since = d.seconds[n]
	}
	d.jobs = append(d.jobs, dated{result, since})
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
	if done := d.jobs[0]; reports && !done.since.IsZero() {
		d.unsaved = append(d.unsaved, done)
	}
	d.jobs = d.jobs[1:]
}

// save observes the results that have been saved.
func (d *delays) save(m *metrics) {
	for _, done := range d.unsaved {
		m.delay.WithLabelValues(done.result).Observe(time.Since(done.since).Seconds())
	}
	d.unsaved = nil
}
