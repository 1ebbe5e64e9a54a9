package task

import (
	"time"

	"timbre"
)

// input is what happens to a task. The set is sealed: each type below has one handler for each machine, so a new input
// does not compile until both machines handle it.
type input interface {
	search(t *searchStep)
	tone(t *toneStep)
}

type (
	// speechReceived is a stretch of audio of a leg.
	speechReceived struct {
		subscription int // for a voice tone analysis, the leg
		speech       timbre.Speech
	}
	// legEnded reports that the leg is over because the call has ended or its audio cannot be analysed any further.
	legEnded struct {
		subscription int
		doubt        string // why it could hardly be heard
	}
	// searched is the result of identify.
	searched struct {
		found   timbre.Finding
		who     Speakers
		warning string // of a voice that may be synthetic
	}
	// voiceprintMade is the result of makeVoiceprint.
	voiceprintMade struct {
		print   timbre.Voiceprint
		other   time.Duration // net speech of a second voice that was left out
		warning string        // of a voice that may be synthetic
	}
	// voicesMixed is the other result of makeVoiceprint: neither of two voices has enough net speech.
	voicesMixed struct{ larger, other time.Duration }
	// workFailed reports that identify or makeVoiceprint failed.
	workFailed struct{ err error }
	// toneScored is the result of scoreTone, one score for each leg.
	toneScored struct {
		scoreTone
		legs []legScore
	}
	// callChanged reports that the call has more legs, or that its metadata names the parties differently.
	callChanged struct{ call timbre.Call }
	// stopRequested is a Stop by the client.
	stopRequested struct{}
	// aborted reports that the task cannot continue: overload, shutdown, or a crash of the server that ran it.
	aborted struct{ reason string }
)

// legScore is the tone of one leg.
type legScore struct {
	current, overall timbre.Tone
	ok               bool // there was enough speech
	err              error
}

// A speaker search produces no tone, and a voice tone analysis no voiceprint.
func (toneScored) search(*searchStep)      {}
func (searched) tone(*toneStep)            {}
func (voiceprintMade) tone(*toneStep)      {}
func (voicesMixed) tone(*toneStep)         {}
func (workFailed) tone(*toneStep)          {}
func (stopRequested) search(t *searchStep) { t.finish(timbre.Stopped, t.Message) }
func (stopRequested) tone(t *toneStep)     { t.finish(timbre.Stopped, "") }
