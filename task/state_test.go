package task

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"timbre"
)

var (
	startTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	poor      = timbre.Errorf(timbre.Unprocessable, "voice", "the audio is too poor")
	good      = timbre.Tone{Positive: 0.7, Neutral: 0.2, Negative: 0.1}
)

func aCall(sides ...timbre.Side) timbre.Call {
	c := timbre.Call{TransactionID: "tx", ConnectorID: "vc", CallID: "cid", Started: startTime.Add(-time.Minute)}
	for i, s := range sides {
		c.Legs = append(c.Legs, timbre.Leg{Side: s, Index: i})
	}
	return c
}

func aTask(kind timbre.TaskKind) timbre.Task {
	t := timbre.Task{ID: "task", Kind: kind, ConnectorID: "vc", TransactionID: "tx", Status: timbre.InQueue, Active: true, Created: startTime, Updated: startTime}
	if kind == timbre.SpeakerSearch {
		t.DomainID, t.Side = "domain", timbre.Caller
	}
	return t
}

// stateCase is a state of a task and inputCase an input, under the names that the tables of docs/task.md use.
type (
	stateCase struct {
		name  string
		phase phase
		state state
	}
	inputCase struct {
		name string
		in   input
	}
)

func searchCases() []stateCase {
	at := func(name string, p phase, net time.Duration, change ...func(*searchState)) stateCase {
		s := newSearch(aTask(timbre.SpeakerSearch), aCall(timbre.Caller, timbre.Callee), 0, patience{search: 20 * time.Second})
		s.phase, s.heard, s.net, s.party = p, net, net, "sip:ann"
		switch p {
		case queued:
		case listening:
			s.Status = timbre.InProgress
		case done:
			s.Status, s.Active = timbre.Succeeded, false
		case collecting, voiceprinting:
			s.Status, s.Identified, s.searched = timbre.PartialSuccess, true, 12*time.Second
		default:
			s.Status, s.searched = timbre.InProgress, 12*time.Second
		}
		for _, c := range change {
			c(&s)
		}
		if p == voiceprinting {
			s.printed = net
		}
		return stateCase{name, p, s}
	}
	ended := func(s *searchState) { s.ended = true }
	before := func(s *searchState) { s.unsure = &searched{who: Speakers{Larger: 12 * time.Second}} }
	last := func(s *searchState) { s.searched = s.net }
	mixed := func(s *searchState) {
		s.printed, s.need, s.mixed = 20*time.Second, 28*time.Second, twoPeople(12*time.Second, 8*time.Second)
	}
	return []stateCase{
		at("queued", queued, 0), at("listening", listening, 5*time.Second),
		at("identifying", identifying, 12*time.Second), at("identifying, 20 s buffered", identifying, 20*time.Second),
		at("identifying for the last time", identifying, 20*time.Second, last),
		at("identifying again", identifying, 20*time.Second, before, last),
		at("concluding", concluding, 12*time.Second, ended), at("concluding, 20 s buffered", concluding, 20*time.Second, ended),
		at("unsure", unsure, 12*time.Second, before), at("unsure, more buffered", unsure, 14*time.Second, before),
		at("collecting", collecting, 12*time.Second), at("collecting, two voices", collecting, 24*time.Second, mixed),
		at("voiceprinting", voiceprinting, 20*time.Second), at("voiceprinting, call ended", voiceprinting, 20*time.Second, ended),
		at("voiceprinting, 90 s buffered", voiceprinting, MaxSpeech),
		at("done", done, 20*time.Second),
	}
}

func searchInputs() []inputCase {
	speech := func(net time.Duration) input {
		return speechReceived{0, timbre.Speech{At: net, Net: net, Voiced: true}}
	}
	return []inputCase{
		{"speech, under 10 s in all", speech(6 * time.Second)},
		{"speech, 10 s in all", speech(10 * time.Second)},
		{"speech, 15 s in all", speech(15 * time.Second)},
		{"speech, 20 s in all", speech(20 * time.Second)},
		{"speech, 28 s in all", speech(28 * time.Second)},
		{"matches", searched{found: timbre.Finding{Matches: []timbre.Match{{ProfileID: "vp-1", Confidence: 0.95}}, Sure: true}}},
		{"no matches", searched{found: timbre.Finding{Sure: true}}},
		{"unsure", searched{}},
		{"two mixed voices", searched{who: Speakers{2 * time.Second, 8 * time.Second, true}}},
		{"voiceprint", voiceprintMade{timbre.Voiceprint{Net: 20 * time.Second}, 0, ""}},
		{"two voices", voicesMixed{12 * time.Second, 8 * time.Second}},
		{"analysis failed", workFailed{poor}},
		{"leg joins", callChanged{aCall(timbre.Caller, timbre.Callee, timbre.Mixed)}},
		{"sides swapped", callChanged{aCall(timbre.Callee, timbre.Caller)}},
		{"party replaced", callChanged{withParty(aCall(timbre.Caller, timbre.Callee), 0, "sip:bob")}},
		{"call ended", legEnded{subscription: 0}},
		{"stop", stopRequested{}},
		{"aborted", aborted{crashMessage}},
	}
}

// withParty returns the call with a party on a leg.
func withParty(c timbre.Call, leg int, party string) timbre.Call {
	c.Legs[leg].Party = party
	return c
}

func toneCases() []stateCase {
	at := func(name string, p phase, change func(*toneState)) stateCase {
		s := newTone(aTask(timbre.VoiceTone), aCall(timbre.Caller))
		s.phase = p
		if p != queued {
			s.Status = timbre.InProgress
		}
		change(&s)
		return stateCase{name, p, s}
	}
	return []stateCase{
		at("queued", queued, func(*toneState) {}),
		at("tracking", tracking, func(t *toneState) { t.clock = 2 * time.Second }),
		at("closing", closing, func(t *toneState) { t.legs[0].ended = true }),
		at("closing, scored before", closing, func(t *toneState) { t.legs[0] = toneLeg{ended: true, scored: true} }),
		at("done", done, func(t *toneState) { t.Status, t.Active = timbre.Succeeded, false }),
	}
}

func toneInputs() []inputCase {
	speech := func(at time.Duration) input { return speechReceived{0, timbre.Speech{At: at, Voiced: true}} }
	score := func(silent, final bool, l legScore) input {
		return toneScored{scoreTone{5 * time.Second, []bool{silent, false}, final}, []legScore{l, {}}}
	}
	ok := legScore{current: good, overall: good, ok: true}
	return []inputCase{
		{"speech, before the tick", speech(3 * time.Second)},
		{"speech, up to the tick", speech(Tick)},
		{"speech, past the tick", speech(Tick + 20*time.Millisecond)},
		{"tone", score(false, false, ok)},
		{"too little speech", score(false, false, legScore{})},
		{"10 s of silence", score(true, false, legScore{})},
		{"tone and 10 s of silence", score(true, false, ok)},
		{"poor audio", score(false, false, legScore{err: poor})},
		{"final score: tone", score(false, true, ok)},
		{"final score: none", score(false, true, legScore{})},
		{"leg joins", callChanged{aCall(timbre.Caller, timbre.Callee)}},
		{"last leg ended", legEnded{subscription: 0}},
		{"stop", stopRequested{}},
		{"aborted", aborted{crashMessage}},
	}
}

// machines are the two state machines with the headings of docs/task.md.
var machines = []struct {
	heading string
	states  func() []stateCase
	inputs  func() []inputCase
}{
	{"Speaker search", searchCases, searchInputs},
	{"Voice tone analysis", toneCases, toneInputs},
}

func TestStepIsPure(t *testing.T) {
	for _, m := range machines {
		for _, s := range m.states() {
			for _, in := range m.inputs() {
				t.Run(s.name+"/"+in.name, func(t *testing.T) {
					before := fmt.Sprintf("%#v", s.state)
					next1, events1, effects1 := s.state.step(in.in, startTime)
					next2, events2, effects2 := s.state.step(in.in, startTime)
					if got := fmt.Sprintf("%#v", s.state); got != before {
						t.Errorf("got previous state %s after the step, want %s", got, before)
					}
					got, want := []any{next2, events2, effects2}, []any{next1, events1, effects1}
					if !reflect.DeepEqual(got, want) {
						t.Errorf("second run: got %+v, want %+v", got, want)
					}
				})
			}
		}
	}
}
