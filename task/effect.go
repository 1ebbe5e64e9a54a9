package task

import (
	"time"

	"timbre"
)

// effect is what the actor must do after a transition. The set is sealed: each type below has its run method in
// effect_run.go.
type effect interface{ run(a *actor) }

type (
	// bufferSpeech keeps audio for later analysis.
	bufferSpeech struct {
		leg    int
		speech timbre.Speech
	}
	// identify embeds the buffered audio and searches the domain. searched or workFailed follows.
	identify struct{ net time.Duration }
	// makeVoiceprint embeds the buffered audio, once there was as much as is needed or the leg has ended. voiceprintMade, voicesMixed or
	// workFailed follows.
	makeVoiceprint struct{ net, need time.Duration }
	// scoreTone scores the tone of every leg at a media time. toneScored follows.
	scoreTone struct {
		at     time.Duration
		silent []bool // legs whose silence is to be reported with the scores
		final  bool
	}
	// subscribe receives the audio of a leg that has joined the call.
	subscribe struct{ leg int }
	// resubscribe drops the buffered audio and receives the audio of a leg under a new subscription number.
	resubscribe struct{ leg, subscription int }
	// unsubscribe stops receiving audio.
	unsubscribe struct{}
)
