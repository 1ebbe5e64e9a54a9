package console

import (
	"context"
	"time"
)

// viewer is one who looks at a live call. It reads what all viewers share, each at its own pace, so that a slow one delays nobody.
type viewer struct {
	c             *Console
	v             visitor
	id, connector string
	numbers       bool

	legs  []*lens              // of the call
	heard cursor               // of speech
	seen  int                  // events
	told  map[string]taskState // of the tasks that were sent
}

// taskState changes with what the page sees of a task.
type taskState struct {
	updated time.Time
	profile string
}

// lens is what a viewer has read of the meter of a leg.
type lens struct {
	meter *meter
	read  int64
}

// step sends what is new. False: the call has ended.
func (x *viewer) step(ctx context.Context, s *stream, step int) bool {
	var call *callOf
	if step%perSecond == 0 {
		var err error
		if call, err = x.look(ctx); err != nil {
			return false // it was never answered, or the store has failed: the page asks again
		}
		if call.Live {
			s.send("call", call)
		}
	}
	x.levels(s)
	for _, h := range x.c.speech.since(x.id, x.heard) {
		if x.c.reads(x.v.key, h.kind, x.connector) {
			s.send("speech", h)
		}
	}
	if step%perSecond == 0 {
		x.tasks(ctx, s)
	}
	all, seen := x.c.events.since(x.id, x.seen)
	x.seen = seen
	for _, e := range x.c.visible(x.v, x.connector, all, x.numbers) {
		s.send("event", e)
	}
	if call != nil && !call.Live { // its last message
		s.send("call", call)
		return false
	}
	return true
}

// look reads the call, and puts a lens on legs that have joined it.
func (x *viewer) look(ctx context.Context) (*callOf, error) {
	call, err := x.c.find(ctx, x.id)
	if err != nil {
		return nil, err
	}
	for i := len(x.legs); i < len(call.Legs); i++ {
		x.legs = append(x.legs, &lens{meter: x.c.meters.look(legOf{x.id, i})})
	}
	answer := x.c.show(call, x.numbers)
	return &answer, nil
}

// levelsOfLeg are the levels of a leg since the message before: steps of 100 ms that follow one another.
type levelsOfLeg struct {
	Leg  int   `json:"leg"`
	From int64 `json:"fromMs"`
	Peak []int `json:"peak"`
	RMS  []int `json:"rms"`
}

func (x *viewer) levels(s *stream) {
	var legs []levelsOfLeg
	for i, l := range x.legs {
		if l.meter == nil {
			continue
		}
		var steps []level
		steps, l.read = l.meter.since(l.read)
		legs = append(legs, runs(i, steps)...)
	}
	if len(legs) > 0 {
		s.send("levels", struct {
			Legs []levelsOfLeg `json:"legs"`
		}{legs})
	}
}

// runs divides levels where audio is missing.
func runs(leg int, steps []level) (list []levelsOfLeg) {
	for i, l := range steps {
		if i == 0 || l.at != steps[i-1].at+1 {
			list = append(list, levelsOfLeg{Leg: leg, From: l.at * levelStep.Milliseconds()})
		}
		run := &list[len(list)-1]
		run.Peak, run.RMS = append(run.Peak, int(l.peak)), append(run.RMS, int(l.rms))
	}
	return list
}

// tasks sends those that have changed. One that cannot be read now is sent later.
func (x *viewer) tasks(ctx context.Context, s *stream) {
	call, err := x.c.find(ctx, x.id)
	if err != nil {
		return
	}
	tasks, err := x.c.tasks(ctx, x.v, call)
	if err != nil {
		return
	}
	for _, t := range tasks {
		now := taskState{t.Updated, t.ProfileID}
		if before, known := x.told[t.ID]; !known || before != now {
			x.told[t.ID] = now
			s.send("task", x.c.shownTask(t, x.numbers))
		}
	}
}

func (x *viewer) close() {
	for _, l := range x.legs {
		if l.meter != nil {
			x.c.meters.release(l.meter)
		}
	}
}
