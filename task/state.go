package task

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"timbre"
)

// state is the state of a task: searchState or toneState. step is the transition function: it takes an input and returns
// the next state, the events that report the transition, and the effects that must follow it. step is pure: it modifies
// nothing, does not block, and reads no clock but now. docs/task.md draws both machines and lists every transition.
type state interface {
	step(in input, now time.Time) (state, []timbre.Event, []effect)
	record() timbre.Task // the durable part
}

// phase is finer than the status of a task: the status says which results there are, the phase what the task waits for.
type phase string

const (
	queued        phase = "queued"        // the first frame
	listening     phase = "listening"     // 10 s of net speech
	identifying   phase = "identifying"   // the result of the search; the call is live
	unsure        phase = "unsure"        // more net speech, for a surer result
	concluding    phase = "concluding"    // the result of the search; the call has ended
	collecting    phase = "collecting"    // 20 s of net speech
	voiceprinting phase = "voiceprinting" // the voiceprint
	tracking      phase = "tracking"      // the next tick
	closing       phase = "closing"       // the final score; the call has ended
	done          phase = "done"          // nothing
)

// output collects the events and effects of a step.
type output struct {
	now     time.Time
	events  []timbre.Event
	effects []effect
}

func (o *output) do(e effect) { o.effects = append(o.effects, e) }

func (o *output) emit(e timbre.Event) { o.events = append(o.events, e) }

// finish moves a task to its final status and stops its audio.
func (o *output) finish(t *timbre.Task, s timbre.TaskStatus, message string) {
	t.Status, t.Active, t.Ended, t.Updated, t.Message = s, false, o.now, o.now, message
	o.do(unsubscribe{})
}

// eventID derives the id of an event: the same fact of the same task always has the same id, so that a transaction whose
// outcome is unknown can be repeated. when distinguishes the facts that a task reports more than once.
func eventID(taskID, status string, leg int, when string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/%s/%d/%s", taskID, status, leg, when)).String()
}

// failureReason is the part of an error that the client may read. The rest is in the log.
func failureReason(err error) string {
	if e := (*timbre.Error)(nil); errors.As(err, &e) {
		switch e.Kind {
		case timbre.Unprocessable, timbre.Throttled:
			return e.Msg
		case timbre.NotFound:
			return "the voice profile domain has been deleted"
		}
	}
	return "the analysis failed on this server"
}
