package storetest

import (
	"time"

	"timbre"
)

// analysed saves a call that is live and starts a search on it.
func (s *subject) analysed(txid string) timbre.Call {
	s.Helper()
	c := call(txid)
	c.Ended, c.Failure = time.Time{}, ""
	s.must(s.SaveCall(s.Context(), c, nil))
	t := search("search on "+txid, "d1")
	t.TransactionID = txid
	s.must(s.CreateTask(s.Context(), t))
	return c
}

func (s *subject) pending() map[string]time.Time {
	s.Helper()
	pending, err := s.PendingSummaries(s.Context())
	s.must(err)
	return pending
}

var summaries = []fact{
	{"a summary is pending from the end of a call with a task until it is posted, once, also across restarts", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		live := s.analysed("x")
		s.analysed("still live")
		s.must(s.SaveCall(ctx, call("without a task"), nil))
		s.same("pending of live calls", s.pending(), map[string]time.Time{})
		s.must(s.SaveCall(ctx, live, nil)) // a change
		s.must(s.SaveCall(ctx, call("x"), nil))
		for range 2 {
			s.same("pending", s.pending(), map[string]time.Time{"x": call("x").Ended})
			s.reopen()
		}
		s.must(s.SaveCall(ctx, call("x"), nil)) // its end again
		s.must(s.PostSummary(ctx, "x", []timbre.Notice{notice("n1", "x", "q")}))
		s.must(s.SaveCall(ctx, call("x"), nil))
		for range 2 {
			s.same("pending once posted", s.pending(), map[string]time.Time{})
			s.refused("a second summary", s.PostSummary(ctx, "x", []timbre.Notice{notice("n2", "x", "q")}), timbre.NotFound)
			_, err := s.CallResults(ctx, "x")
			s.refused("results once posted", err, timbre.NotFound)
			s.same("notices", s.dueIDs(), []string{"n1"})
			s.reopen()
		}
		_, err := s.CallResults(ctx, "without a task")
		s.refused("results without a task", err, timbre.NotFound)
	}},
	{"a task whose start is saved after the end of its call makes a summary pending", func(s *subject) {
		s.must(s.SaveCall(s.Context(), call("x"), nil))
		s.must(s.CreateTask(s.Context(), tone("t1", "x")))
		s.same("pending", s.pending(), map[string]time.Time{"x": call("x").Ended})
	}},
	{"the results of a call are its tasks without voiceprints, and each enrolment, oldest first", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("old", "d1", 1)
		s.analysed("x")
		t := search("search on x", "d1")
		t.TransactionID = "x"
		t = heard(t, 2)
		s.must(s.SaveTask(ctx, t, nil))
		s.must(s.CreateTask(ctx, tone("tone", "x")))
		s.must(s.SaveCall(ctx, call("x"), nil))
		s.must(s.EnrolProfile(ctx, profile("new", "d1", 2), t.ID))
		var want []timbre.Enrolment
		want = append(want, timbre.Enrolment{TaskID: t.ID, ProfileRequest: timbre.ProfileRequest{ProfileID: "new", Time: profile("new", "d1", 2).Updated}})
		for i, id := range []string{"old", "new", "old"} {
			p := profile(id, "d1", 2)
			p.Updated = dawn().Add(time.Duration(i) * time.Minute)
			s.must(s.RenewProfile(ctx, p, t.ID))
			want = append(want, timbre.Enrolment{TaskID: t.ID, ProfileRequest: timbre.ProfileRequest{ProfileID: id, Time: p.Updated}, Renewed: true})
		}
		got, err := s.CallResults(ctx, "x")
		s.must(err)
		s.same("call", got.Call, call("x"))
		s.same("enrolments", got.Enrolments, want)
		t.Voiceprint = nil
		s.same("tasks", got.Tasks, []timbre.Task{t, tone("tone", "x")})
	}},
	{"a sweep of a call takes its pending summary with it", func(s *subject) {
		s.analysed("x")
		t := search("search on x", "d1")
		t.TransactionID = "x"
		t.Active, t.Ended = false, call("x").Ended
		s.must(s.SaveTask(s.Context(), t, nil))
		s.must(s.SaveCall(s.Context(), call("x"), nil))
		err := s.sweep(call("x").Ended.Add(timbre.ResultLife))
		s.must(err)
		s.same("pending", s.pending(), map[string]time.Time{})
	}},
}
