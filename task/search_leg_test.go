package task

import (
	"slices"
	"testing"
	"time"

	"timbre"
)

// sided is a call with such legs.
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
func blend() timbre.Leg              { return timbre.Leg{} }

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
		leg    int         // of the call: the one that is heard, 9: none any more
		why    string      // that what was heard counts no more
	}{
		{"nothing new", timbre.Caller, nil, known, []timbre.Call{known}, timbre.Caller, 0, ""},
		{"a leg joins", timbre.Mixed, nil, sided(caller("ann")), []timbre.Call{known}, timbre.Caller, 0, ""},
		{"names come late", timbre.Caller, nil, sided(caller(""), callee("")), []timbre.Call{known}, timbre.Caller, 0, ""},
		{"a name is left out for a while", timbre.Caller, nil, known, []timbre.Call{sided(caller(""), callee("bob")), known}, timbre.Caller, 0, ""},
		{"the other one is replaced", timbre.Caller, nil, known, []timbre.Call{sided(caller("ann"), callee("eve"))}, timbre.Caller, 0, ""},
		{"the caller is replaced", timbre.Caller, nil, known, []timbre.Call{sided(caller("eve"), callee("bob"))}, timbre.Caller, 0, partyReplaced},
		{"the caller leaves, and another comes", timbre.Caller, nil, known, []timbre.Call{sided(caller(""), callee("bob")), sided(caller("eve"), callee("bob"))}, timbre.Caller, 0, partyReplaced},
		{"the sides turn", timbre.Caller, nil, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Caller, 1, sidesSwapped},
		{"the sides turn, none was asked for", timbre.Mixed, nil, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Caller, 1, sidesSwapped},
		{"the sides turn, the callee was asked for", timbre.Callee, nil, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Callee, 0, sidesSwapped},
		{"the names change lines", timbre.Caller, nil, known, []timbre.Call{sided(caller("bob"), callee("ann"))}, timbre.Caller, 0, partyReplaced},
		{"the caller is heard in a mix", timbre.Mixed, nil, known, []timbre.Call{sided(blend(), callee("bob"))}, timbre.Mixed, 0, mixChanged},
		{"the caller is heard in a mix, who was asked for", timbre.Caller, nil, known, []timbre.Call{sided(blend(), callee("bob"))}, timbre.Mixed, 9, legMissing},
		{"a mix was one party's", timbre.Mixed, nil, sided(blend()), []timbre.Call{sided(caller("ann"))}, timbre.Caller, 0, mixChanged},
		{"a mix was the other's", timbre.Callee, nil, sided(blend()), []timbre.Call{known}, timbre.Callee, 1, sidesSwapped},
		{"legs are gone", timbre.Callee, nil, known, []timbre.Call{sided(caller("ann"))}, timbre.Callee, 9, legMissing},
		{"a stream keeps its side or not", timbre.Mixed, source, known, []timbre.Call{sided(callee("ann"), caller("bob"))}, timbre.Caller, 1, ""},
		{"a stream is another's", timbre.Mixed, source, known, []timbre.Call{sided(caller("ann"), callee("eve"))}, timbre.Callee, 1, partyReplaced},
		{"a stream is gone", timbre.Mixed, source, known, []timbre.Call{sided(caller("ann"))}, timbre.Callee, 9, legMissing},
	} {
		for _, told := range []bool{false, true} {
			if why := walk(c.asked, c.source, c.before, c.said, c.side, c.leg, c.why, told); why != "" {
				t.Errorf("%s, identified %v: %s", c.name, told, why)
			}
		}
	}
}

// walk takes a search through what is said of its call, and says what is wrong with it.
func walk(asked timbre.Side, source *timbre.PipelineSource, before timbre.Call, said []timbre.Call, side timbre.Side, leg int, why string, told bool) string {
	task := aTask(timbre.SpeakerSearch)
	task.Side, task.Source = asked, source
	mine, _ := analysedLeg(before, task)
	c := before
	if source != nil {
		mine, _ = streamLeg(before, source.StreamARN)
		c = onlyLeg(before, mine)
	}
	at := mine
	if source != nil {
		at = 0
	}
	s := newState(task, c, at).(searchState)
	s, _, _ = stepped(s, speechReceived{s.subscription, timbre.Speech{Net: 6 * time.Second, PCM: []int16{1}}})
	if told {
		s, _, _ = stepped(s, speechReceived{s.subscription, timbre.Speech{Net: 12 * time.Second}})
		s, _, _ = stepped(s, searched{})
	}
	old, net := s.subscription, s.net
	var events []timbre.Event
	var effects []effect
	for _, c := range said {
		var e []timbre.Event
		var f []effect
		s, e, f = stepped(s, callChanged{c})
		events, effects = append(events, e...), append(effects, f...)
	}
	ends := why != "" && (told || leg == 9)
	switch last := s.call.Legs[s.leg]; {
	case last.Side != s.Side:
		return "the record has another side than the leg of its events"
	case source != nil && (len(s.call.Legs) != 1 || last.StreamARN != source.StreamARN):
		return "it has left its stream"
	case !ends && s.Side != side:
		return "it is on the side of the " + s.Side.String()
	case ends:
		want := timbre.IdentificationFailure
		if told {
			want = timbre.VoiceprintGenerationFailure
		}
		if s.phase != done || s.Message != why || len(events) != 1 || events[0].Status != want || events[0].StatusMessage != why {
			return "it does not end as it should, but with " + s.Message
		}
	case why == "" && (len(effects) > 0 || s.subscription != old || s.net != net || s.phase == done):
		return "what was heard is dropped"
	case why != "":
		if !slices.Equal(effects, []effect{resubscribe{leg, old + 1}}) || s.net != 0 || s.phase != listening || len(events) > 0 {
			return "it does not begin anew on the leg"
		}
		if late, _, effects := stepped(s, speechReceived{old, timbre.Speech{Net: ForSearch}}); late.net != 0 || len(effects) > 0 {
			return "it listens to its old ear"
		}
		if late, _, _ := stepped(s, legEnded{old}); late.phase == done {
			return "it ends with its old ear"
		}
		if next, _, effects := stepped(s, speechReceived{s.subscription, timbre.Speech{Net: ForSearch}}); next.phase != identifying || len(effects) != 2 {
			return "it does not hear with its new ear"
		}
	}
	return ""
}

func stepped(s searchState, in input) (searchState, []timbre.Event, []effect) {
	next, events, effects := s.step(in, startTime.Add(time.Minute))
	return next.(searchState), events, effects
}
