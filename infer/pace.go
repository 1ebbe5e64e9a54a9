package infer

import (
	"sync"
	"time"

	"timbre"
)

// paceOf is how much audio tells the pace of a model. Older runs count less and less.
const paceOf = 2 * time.Minute

// pace is for how long a thread runs a model for a second of audio: that of its latest runs. A machine that is busy with something else shows in it.
type pace struct {
	mu         sync.Mutex
	ran, audio time.Duration
}

func (p *pace) run(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ran += d
}

func (p *pace) hear(samples int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.audio += timbre.Duration(samples); p.audio > paceOf {
		p.ran, p.audio = p.ran/2, p.audio/2
	}
}

// Pace is for how long a thread runs the model for a second of the audio that it is given, in seconds; 0: that is not known yet.
func (m *Model) Pace() float64 {
	m.pace.mu.Lock()
	defer m.pace.mu.Unlock()
	if m.pace.audio == 0 {
		return 0
	}
	return m.pace.ran.Seconds() / m.pace.audio.Seconds()
}

// Threads is how many runs of a queue are in progress at a time.
func (r *Runtime) Threads() int { return r.queues[Long].threads }
