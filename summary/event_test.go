package summary_test

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"timbre"
)

// part is what an event of a summary is about.
type part struct {
	leg      int
	pipeline string
	summary  timbre.Summary
}

func TestSummaryTellsOfEachLegAndOwner(t *testing.T) {
	search := func(id string, side timbre.Side, matches ...timbre.Match) timbre.Task {
		return timbre.Task{ID: id, Kind: timbre.SpeakerSearch, ConnectorID: "vc", Side: side, Matches: matches}
	}
	tone := timbre.Task{ID: "tone", Kind: timbre.VoiceTone, ConnectorID: "vc"}
	on := func(task timbre.Task, stream string) timbre.Task {
		task.ID, task.Source = task.ID+" on pipeline", &timbre.PipelineSource{PipelineID: "p", StreamARN: stream}
		return task
	}
	request := func(task, profile string, renewed bool) timbre.Enrolment {
		return timbre.Enrolment{TaskID: task, ProfileRequest: timbre.ProfileRequest{ProfileID: profile}, Renewed: renewed}
	}
	named := func(id string) []timbre.ProfileRequest { return []timbre.ProfileRequest{{ProfileID: id}} }
	for name, c := range map[string]struct {
		tasks      []timbre.Task
		enrolments []timbre.Enrolment
		want       []part
	}{
		"the best match of two searches": {
			[]timbre.Task{
				search("1", timbre.Caller, timbre.Match{ProfileID: "a", Confidence: 0.91}),
				search("2", timbre.Caller, timbre.Match{ProfileID: "b", Confidence: 0.97}, timbre.Match{ProfileID: "a", Confidence: 0.92}), tone,
			},
			nil,
			[]part{{0, "", timbre.Summary{BestMatch: "b"}}},
		},
		"no match": {[]timbre.Task{search("1", timbre.Callee)}, nil, []part{{1, "", timbre.Summary{}}}},
		"a leg each": {
			[]timbre.Task{search("1", timbre.Callee, timbre.Match{ProfileID: "a", Confidence: 0.91}), search("2", timbre.Caller)},
			[]timbre.Enrolment{request("1", "a", true), request("2", "new", false)},
			[]part{{1, "", timbre.Summary{BestMatch: "a", Confirmed: "a", Updated: named("a")}}, {0, "", timbre.Summary{Created: named("new")}}},
		},
		"the profile renewed last is the confirmed one": {
			[]timbre.Task{search("1", timbre.Caller, timbre.Match{ProfileID: "a", Confidence: 0.91})},
			[]timbre.Enrolment{request("1", "a", true), request("1", "b", true)},
			[]part{{0, "", timbre.Summary{BestMatch: "a", Confirmed: "b", Updated: append(named("a"), named("b")...)}}},
		},
		"tone alone":               {[]timbre.Task{tone}, nil, []part{{0, "", timbre.Summary{}}}},
		"a pipeline of its own":    {[]timbre.Task{on(search("1", timbre.Callee), "stream 1"), tone}, nil, []part{{1, "p", timbre.Summary{}}, {0, "", timbre.Summary{}}}},
		"tone alone on a pipeline": {[]timbre.Task{on(tone, "stream 1")}, nil, []part{{1, "p", timbre.Summary{}}}},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				call := timbre.Call{TransactionID: "tx", Ended: w.now(), Legs: []timbre.Leg{{Side: timbre.Caller, StreamARN: "stream 0"}, {Side: timbre.Callee, StreamARN: "stream 1"}}}
				w.save(call, c.tasks...)
				w.enrol("tx", c.enrolments)
				w.poster.Ended(call, nil)
				<-time.After(2 * delay)
				synctest.Wait()
				var got []part
				for _, e := range w.events {
					pipeline := ""
					if e.Source != nil {
						pipeline = e.Source.PipelineID
					}
					got = append(got, part{e.Leg, pipeline, *e.Summary})
					if e.ID == "" || e.Status != timbre.PostCallVoiceAnalytics || e.Call.TransactionID != "tx" {
						t.Errorf("got event %+v", e)
					}
				}
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("got %+v, want %+v", got, c.want)
				}
			})
		})
	}
}
