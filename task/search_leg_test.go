package task

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"timbre"
)

// sided returns a call with legs.
func sided(legs ...timbre.Leg) timbre.Call {
	c := aCall()
	for i, l := range legs {
		l.Index, l.StreamARN = i, []string{"stream 0", "stream 1"}[i]
		c.Legs = append(c.Legs, l)
	}
	return c
}

func caller(party string) timbre.Leg { return timbre.Leg{Side: timbre.Caller, Party: party} }
func callee(party string) timbre.Leg { return timbre.Leg{Side: timbre.Callee, Party: party} }
func mixed() timbre.Leg              { return timbre.Leg{} }

// none is the leg of a call that no longer has the requested one.
const none = -1

func TestSearchFollowsMetadata(t *testing.T) {
	known := sided(caller("ann"), callee("bob"))
	source := &timbre.PipelineSource{StreamARN: "stream 1"}
	for _, c := range []struct {
		name   string
		asked  timbre.Side
		source *timbre.PipelineSource
		before timbre.Call
		said   []timbre.Call
		side   timbre.Side // in the end
		leg    int         // of the call: the one that is analysed
		why    string      // the audio so far is not used
	}{
		{"no change", timbre.Caller, nil, known, []timbre.Call{known}, timbre.Caller, 0, ""},
		{"leg joins", timbre.Mixed, nil, sided(caller("ann")), []timbre.Call{known}, timbre.Caller, 0, ""},
		{"parties named late", timbre.Caller, nil, sided(caller(""), callee("")), []timbre.Call{known}, timbre.Caller, 0, ""},
		{"party not named for a while", timbre.Caller, nil, known, []timbre.Call{sided(caller(""), callee("bob")), known}, timbre.Caller, 0, ""},
		{"other party replaced", timbre.Caller, nil, known, []timbre.Call{sided(caller("ann"), callee("eve"))}, timbre.Caller, 0, ""},
		{"caller replaced", timbre.Caller, nil, known, []timbre.Call{sided(caller("eve"), callee("bob"))}, timbre.Caller, 0, partyReplaced},
		{"caller leaves, another comes", timbre.Caller, nil, known, []timbre.Call{sided(caller(""), callee("bob")), sided(caller("eve"), callee("bob"))}, timbre.Caller, 0, partyReplaced},
		{"sides swapped", timbre.Caller, nil, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Caller, 1, sidesSwapped},
		{"sides swapped, no leg requested", timbre.Mixed, nil, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Caller, 1, sidesSwapped},
		{"sides swapped, callee requested", timbre.Callee, nil, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Callee, 0, sidesSwapped},
		{"parties swapped", timbre.Caller, nil, known, []timbre.Call{sided(caller("bob"), callee("ann"))}, timbre.Caller, 0, partyReplaced},
		{"caller becomes part of a mix", timbre.Mixed, nil, known, []timbre.Call{sided(mixed(), callee("bob"))}, timbre.Mixed, 0, mixChanged},
		{"requested caller becomes part of a mix", timbre.Caller, nil, known, []timbre.Call{sided(mixed(), callee("bob"))}, timbre.Mixed, none, legMissing},
		{"mix becomes one party", timbre.Mixed, nil, sided(mixed()), []timbre.Call{sided(caller("ann"))}, timbre.Caller, 0, mixChanged},
		{"mix becomes the other party", timbre.Callee, nil, sided(mixed()), []timbre.Call{known}, timbre.Callee, 1, sidesSwapped},
		{"leg missing", timbre.Callee, nil, known, []timbre.Call{sided(caller("ann"))}, timbre.Callee, none, legMissing},
		{"stream with another side", timbre.Mixed, source, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Caller, 1, ""},
		{"stream of another party", timbre.Mixed, source, known, []timbre.Call{sided(caller("ann"), callee("eve"))}, timbre.Callee, 1, partyReplaced},
		{"stream missing", timbre.Mixed, source, known, []timbre.Call{sided(caller("ann"))}, timbre.Callee, none, legMissing},
	} {
		for _, identified := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, identified %v", c.name, identified), func(t *testing.T) {
				w := newWalk(t, c.asked, c.source, c.before, identified)
				for _, call := range c.said {
					w.step(callChanged{call})
				}
				w.checkLeg(c.source)
				switch {
				case c.why != "" && (identified || c.leg == none):
					w.checkEnded(c.why)
				case c.why != "":
					w.checkRestarted(c.leg, c.side)
				default:
					w.checkUnchanged(c.side)
				}
			})
		}
	}
}

// walk is a search on its way through changes of its call.
type walk struct {
	t          *testing.T
	identified bool
	start      searchState // before the changes
	now        searchState
	events     []timbre.Event
	effects    []effect
}

// newWalk starts a search that has received speech, and is identified if so wanted.
func newWalk(t *testing.T, requested timbre.Side, source *timbre.PipelineSource, c timbre.Call, identified bool) *walk {
	task := aTask(timbre.SpeakerSearch)
	task.Side, task.Source = requested, source
	leg, _ := analysedLeg(c, task)
	if source != nil {
		leg, _ = streamLeg(c, source.StreamARN)
		c, leg = onlyLeg(c, leg), 0
	}
	s := newSearch(task, c, leg, patience{})
	w := &walk{t: t, identified: identified, now: s}
	w.step(speechReceived{s.subscription, timbre.Speech{Net: 6 * time.Second, PCM: []int16{1}}})
	if identified {
		w.step(speechReceived{s.subscription, timbre.Speech{Net: 12 * time.Second}})
		w.step(searched{})
	}
	w.start, w.events, w.effects = w.now, nil, nil
	return w
}

func (w *walk) step(in input) {
	next, events, effects := w.now.step(in, startTime.Add(time.Minute))
	w.now = next.(searchState)
	w.events, w.effects = append(w.events, events...), append(w.effects, effects...)
}

// then is the search after one more input, and its effects.
func (w *walk) then(in input) (searchState, []effect) {
	next, _, effects := w.now.step(in, startTime.Add(time.Minute))
	return next.(searchState), effects
}

// checkLeg checks that the record agrees with the leg of the events, and that a search on a stream stays on it.
func (w *walk) checkLeg(source *timbre.PipelineSource) {
	leg := w.now.call.Legs[w.now.leg]
	if leg.Side != w.now.Side {
		w.t.Errorf("got side %v in the record, want that of the leg, %v", w.now.Side, leg.Side)
	}
	if source != nil && (len(w.now.call.Legs) != 1 || leg.StreamARN != source.StreamARN) {
		w.t.Errorf("got legs %+v, want the stream %s alone", w.now.call.Legs, source.StreamARN)
	}
}

func (w *walk) checkEnded(reason string) {
	status := timbre.IdentificationFailure
	if w.identified {
		status = timbre.VoiceprintGenerationFailure
	}
	if w.now.phase != done || w.now.Message != reason {
		w.t.Errorf("got phase %s with %q, want done with %q", w.now.phase, w.now.Message, reason)
	}
	if len(w.events) != 1 || w.events[0].Status != status || w.events[0].StatusMessage != reason {
		w.t.Errorf("got events %+v, want %s with %q", w.events, status, reason)
	}
}

func (w *walk) checkUnchanged(side timbre.Side) {
	if w.now.Side != side {
		w.t.Errorf("got side %v, want %v", w.now.Side, side)
	}
	if len(w.effects) > 0 || w.now.subscription != w.start.subscription || w.now.net != w.start.net || w.now.phase == done {
		w.t.Errorf("got state %+v with effects %v, want the audio kept", w.now, w.effects)
	}
}

func (w *walk) checkRestarted(leg int, side timbre.Side) {
	old := w.start.subscription
	if w.now.Side != side {
		w.t.Errorf("got side %v, want %v", w.now.Side, side)
	}
	if want := []effect{resubscribe{leg, old + 1}}; !slices.Equal(w.effects, want) || len(w.events) > 0 {
		w.t.Errorf("got effects %v and events %v, want %v alone", w.effects, w.events, want)
	}
	if w.now.net != 0 || w.now.phase != listening {
		w.t.Errorf("got phase %s with %v of speech, want listening with none", w.now.phase, w.now.net)
	}
	if late, effects := w.then(speechReceived{old, timbre.Speech{Net: ForSearch}}); late.net != 0 || len(effects) > 0 {
		w.t.Errorf("speech of the old subscription: got %v and effects %v, want it ignored", late.net, effects)
	}
	if late, _ := w.then(legEnded{subscription: old}); late.phase == done {
		w.t.Error("end of the old subscription: got the end of the task, want it ignored")
	}
	next, effects := w.then(speechReceived{w.now.subscription, timbre.Speech{Net: ForSearch}})
	if next.phase != identifying || len(effects) != 2 {
		w.t.Errorf("speech of the new subscription: got phase %s and effects %v, want identifying", next.phase, effects)
	}
}
