package timbre

import "context"

// SpeechSink receives the speech of one leg. Speech and SpeechEnded are called from one goroutine at a time: the stretches in
// order, SpeechEnded once and last. No method may block.
type SpeechSink interface {
	// Speech receives the next stretch.
	Speech(Speech)
	// SpeechEnded reports that no more speech follows: the leg has ended, or its audio cannot be analysed any further.
	SpeechEnded()
	// Lagging reports that audio is being lost because its analysis is slower than the call, and with false that it has
	// caught up. It is called from any goroutine.
	Lagging(bool)
}

// SpeechSource detects the speech of live legs.
type SpeechSource interface {
	// Listen delivers the speech of a leg to a sink, from the next frame on. Stop ends that; it may be called more than once,
	// and the sink may receive one last stretch while it is called. NotFound if there is no such live leg.
	Listen(ctx context.Context, transactionID string, leg int, to SpeechSink) (stop func(), err error)
}
