package storetest

import (
	"fmt"
	"time"

	"timbre"
)

// past are facts about calls that have ended.
var past = []fact{
	{"ended calls are listed, the last one first, page by page", func(s *subject) {
		for i, id := range []string{"a", "b", "c", "d", "e"} {
			c := call(id)
			c.Ended = dawn().Add(time.Duration(i/2) * time.Second) // a and b at once, c and d
			s.must(s.SaveCall(s.Context(), c, nil))
		}
		live := call("live")
		live.Ended = time.Time{}
		s.must(s.SaveCall(s.Context(), live, nil))
		var got []string
		f := timbre.EndedFilter{Limit: 2}
		for pages := 0; pages == 0 || f.After != (timbre.EndedPlace{}); pages++ {
			list, next, err := s.EndedCalls(s.Context(), f)
			s.must(err)
			if len(list) > 2 || pages > 3 {
				s.Fatalf("got %d calls on page %d, want 2 at most on 4", len(list), pages)
			}
			for _, c := range list {
				got = append(got, c.TransactionID)
			}
			f.After = next
		}
		s.same("calls", fmt.Sprint(got), "[e d c b a]")
	}},
	{"ended calls are selected by time, connector, number and outcome", func(s *subject) {
		for i, id := range []string{"a", "b", "c"} {
			c := call(id)
			c.Ended = dawn().Add(time.Duration(i) * time.Minute)
			c.ConnectorID, c.From, c.To, c.Failure = "vc-"+id, "+1206555010"+fmt.Sprint(i), "agent", ""
			if id == "b" {
				c.Failure = "no media"
			}
			s.must(s.SaveCall(s.Context(), c, nil))
		}
		for _, c := range []struct {
			f    timbre.EndedFilter
			want string
		}{
			{timbre.EndedFilter{}, "[c b a]"},
			{timbre.EndedFilter{From: dawn().Add(time.Minute)}, "[c b]"},
			{timbre.EndedFilter{To: dawn().Add(time.Minute)}, "[a]"},
			{timbre.EndedFilter{ConnectorID: "vc-b"}, "[b]"},
			{timbre.EndedFilter{Number: "50102"}, "[c]"},
			{timbre.EndedFilter{Number: "agent"}, "[c b a]"},
			{timbre.EndedFilter{Number: "%"}, "[]"},
			{timbre.EndedFilter{Outcome: timbre.CallFailed}, "[b]"},
			{timbre.EndedFilter{Outcome: timbre.CallCompleted}, "[c a]"},
		} {
			c.f.Limit = 10
			list, _, err := s.EndedCalls(s.Context(), c.f)
			s.must(err)
			got := []string{}
			for _, x := range list {
				got = append(got, x.TransactionID)
			}
			s.same(fmt.Sprintf("calls of %+v", c.f), fmt.Sprint(got), c.want)
		}
	}},
	{"the tasks of a call are listed without voiceprints, and the searches of a domain that found somebody", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		found, nobody := search("t1", "d1"), search("t2", "d1")
		found.TransactionID = "c1"
		found.Active, found.Ended, found.Matches, found.RunnerUp = false, dawn(), []timbre.Match{{ProfileID: "vp-1", Confidence: 0.98}}, 0.02
		nobody.Active, nobody.Ended, nobody.Matches = false, dawn().Add(time.Second), nil
		for _, t := range []timbre.Task{found, nobody, tone("t3", "c1")} {
			s.must(s.CreateTask(s.Context(), t))
		}
		tasks, err := s.TasksOf(s.Context(), "c1")
		s.must(err)
		if len(tasks) != 2 || tasks[0].ID != "t1" && tasks[1].ID != "t1" {
			s.Fatalf("got tasks %+v, want those of the call", tasks)
		}
		for _, t := range tasks {
			s.same("voiceprint of "+t.ID, t.Voiceprint, (*timbre.Voiceprint)(nil))
		}
		none, err := s.TasksOf(s.Context(), "unknown")
		s.must(err)
		s.same("tasks of no call", len(none), 0)
		last, err := s.LastSearches(s.Context(), "d1")
		s.must(err)
		if len(last) != 1 || last[0].ID != "t1" || last[0].RunnerUp != 0.02 {
			s.Errorf("got searches %+v, want the one that found somebody", last)
		}
	}},
}
