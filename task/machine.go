package task

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"timbre"
)

// state is where a task stands. step is its machine: what happens to it in, the state after it out, with the events that
// tell of it and the effects that must follow. step is pure: it changes nothing, waits for nothing and knows no clock but
// now. docs/task.md draws it and lists every transition.
type state interface {
	step(in input, now time.Time) (state, []timbre.Event, []effect)
	record() timbre.Task // what is durable of it
}

// input is what happens to a task, one of these types.
type input any

type (
	heard struct { // a stretch of a leg, by the number of the ear
		leg    int
		speech timbre.Speech
	}
	hungUp  struct{ leg int }                 // the leg is over, the call ended
	found   struct{ matches []timbre.Match }  // identify has ended well
	printed struct{ print timbre.Voiceprint } // makePrint has ended well
	failed  struct{ err error }               // identify or makePrint has not
	scored  struct {                          // score has ended
		score
		legs []legScore
	}
	joined struct{ call timbre.Call } // the call has more legs than before, or it is known better whose they are
	stop   struct{}                   // somebody asks for it
	lost   struct{ why string }       // the task cannot go on: overflow, shutdown, or it was running when the server died
)

// legScore is what a score gives for one leg.
type legScore struct {
	current, overall timbre.Tone
	ok               bool // there was enough speech
	err              error
}

// effect is what must be done because of an input, one of these types.
type effect any

type (
	hear struct { // keep this audio for the work to come
		leg    int
		speech timbre.Speech
	}
	identify  struct{ net time.Duration } // embed what was heard and search: found or failed follows
	makePrint struct{ net time.Duration } // embed what was heard: printed or failed follows
	score     struct {                    // look at the tone of every leg at a moment of media time: scored follows
		at    time.Duration
		hangs []bool // legs of which it is to be told that they have been silent for too long
		final bool
	}
	attend struct{ leg int }         // listen to a leg that has joined
	anew   struct{ ofCall, ear int } // drop what was heard, and hear a leg of the call from now on by another ear
	hush   struct{}                  // stop listening
)

// phase is where a task stands, finer than its status: a status says what has come out so far, a phase what is awaited.
type phase string

const (
	queued      phase = "queued"      // the first frame
	listening   phase = "listening"   // 10 s of net speech
	identifying phase = "identifying" // the search; the call goes on
	concluding  phase = "concluding"  // the search; the call is over
	gathering   phase = "gathering"   // 20 s of net speech
	printing    phase = "printing"    // the voiceprint
	following   phase = "following"   // the next tick
	closing     phase = "closing"     // the last score; the call is over
	done        phase = "done"        // nothing
)

// end puts a task to its last status.
func end(t *timbre.Task, s timbre.TaskStatus, why string, now time.Time) {
	t.Status, t.Active, t.Ended, t.Updated, t.Message = s, false, now, now, why
}

// eventID makes the id of what is told: the same fact of the same task has the same id, however often it is tried to be
// written down. when tells apart what a task tells more than once.
func eventID(taskID, status string, leg int, when string) string {
	return "Id-" + uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "%s/%s/%d/%s", taskID, status, leg, when)).String()
}

// reason puts a fault of the work into words for the person who asked. What is not their affair is in the log alone.
func reason(err error) string {
	if e := (*timbre.Error)(nil); errors.As(err, &e) {
		switch e.Kind {
		case timbre.Unprocessable:
			return e.Msg
		case timbre.NotFound:
			return "the voice profile domain does not exist any more"
		}
	}
	return "the analysis failed on this server"
}
