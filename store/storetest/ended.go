package storetest

import (
	"time"

	"timbre"
)

func refID(r timbre.TaskRef) string { return r.ID }

// endings are what recovery relies on after a crash.
var endings = []fact{
	{"calls, tasks and pipelines end together with their notices, and what is gone is skipped", func(s *subject) {
		ctx := s.Context()
		s.configured()
		live, p := call("c1"), pipeline("p1")
		live.Ended, p.Ended = time.Time{}, time.Time{}
		s.must(s.SaveCall(ctx, live, nil))
		s.must(s.CreateTask(ctx, tone("t1", "c1")))
		s.must(s.CreatePipeline(ctx, p, nil))

		over := tone("t1", "c1")
		over.Active, over.Status, over.Ended = false, timbre.Failed, dawn()
		gone := over
		gone.ID, gone.Token = "gone", ""
		live.Ended, p.Ended = dawn().Add(time.Hour), dawn().Add(time.Hour)
		s.must(s.EndCalls(ctx, []timbre.Ended[timbre.Call]{{Item: live, Notices: []timbre.Notice{notice("n1", "c1", "q")}}}))
		s.must(s.EndTasks(ctx, []timbre.Ended[timbre.Task]{
			{Item: gone, Notices: []timbre.Notice{notice("n2", "gone", "q")}}, {Item: over, Notices: []timbre.Notice{notice("n3", "t1", "q")}},
		}))
		s.must(s.EndPipelines(ctx, []timbre.Ended[timbre.Pipeline]{{Item: p, Notices: []timbre.Notice{notice("n4", "p1", "q")}}}))
		s.same("due", s.dueIDs(), []string{"n1", "n3", "n4"})
		got, err := s.Task(ctx, timbre.VoiceTone, "t1")
		s.must(err)
		s.same("task", got, over)
		calls, err1 := s.LiveCalls(ctx)
		tasks, err2 := s.ActiveTasks(ctx)
		pipelines, err3 := s.LivePipelines(ctx)
		s.must(err1)
		s.must(err2)
		s.must(err3)
		s.same("live", len(calls)+len(tasks)+len(pipelines), 0)
	}},
}
