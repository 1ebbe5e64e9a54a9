package pipeline

import "timbre"

// Observe adds an observer of pipelines that are over: ended, or deleted while they were live, which leaves Ended zero. It must not block,
// and must not call the engine. Call Observe before the first pipeline is created.
func (e *Engine) Observe(ended func(p timbre.Pipeline)) { e.ended = append(e.ended, ended) }

func (e *Engine) raiseEnded(p timbre.Pipeline) {
	for _, observe := range e.ended {
		observe(p)
	}
}
