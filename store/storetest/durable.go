package storetest

import (
	"context"
	"errors"
	"time"

	"timbre"
)

var durability = []fact{
	{"everything survives a restart", func(s *subject) {
		ctx := s.Context()
		f := configuration("f1")
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.CreateConfiguration(ctx, f))
		s.must(s.PutStreaming(ctx, "c1", streaming(f.ARN)))
		s.must(s.PutTermination(ctx, "c1", termination()))
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.searched("t2", "d1", 2)
		s.must(s.SaveCall(ctx, call("x"), []timbre.Notice{notice("n1", "x", "q"), notice("n2", "x", "q")}))
		generation := s.generation("d1")
		for range 2 {
			s.reopen()
			c, err := s.Connector(ctx, "c1")
			s.must(err)
			s.same("connector", c, connector("c1"))
			st, err := s.Streaming(ctx, "c1")
			s.must(err)
			s.same("streaming", st, streaming(f.ARN))
			te, err := s.Termination(ctx, "c1")
			s.must(err)
			s.same("termination", te, termination())
			cf, err := s.Configuration(ctx, f.Name)
			s.must(err)
			s.same("configuration", cf, f)
			d, err := s.Domain(ctx, "d1")
			s.must(err)
			s.same("domain", d, domain("d1"))
			s.same("generation", s.generation("d1"), generation)
			s.same("voices", s.voices("d1", dawn()), compared(profile("p1", "d1", 1)))
			s.same("task", s.task("t2"), heard(search("t2", "d1"), 2))
			k, err := s.Call(ctx, "x")
			s.must(err)
			s.same("call", k, call("x"))
			s.same("due", s.dueIDs(), []string{"n1"})
		}
	}},
	{"the outbox continues after a restart", func(s *subject) {
		s.post(notice("n1", "a", "q"), notice("n2", "a", "q"), notice("n3", "b", "q"))
		later := dawn().Add(time.Minute)
		s.postpone(s.first("n1", dawn()).Seq, later)
		s.delivered(s.first("n3", dawn()).Seq)
		s.reopen()
		s.same("due", len(s.due()), 0)
		got := s.first("n1", later)
		s.same("tries", got.Tries, 1)
		s.same("notice", got.Notice, notice("n1", "a", "q"))
		s.post(notice("n4", "b", "q"))
		if next := s.first("n4", dawn()).Seq; next <= got.Seq+2 {
			s.Errorf("got number %d again after the restart, want a new one", next)
		}
	}},
	{"refused and deleted data does not return after a restart", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.enrol("p2", "d1", 2)
		s.must(s.DeleteProfile(ctx, "p1"))
		s.must(s.CreateTask(ctx, tone("t1", "a call")))
		s.reopen()
		s.same("voices", s.voices("d1", dawn()), compared(profile("p2", "d1", 2)))
		s.refused("a second active task", s.CreateTask(ctx, tone("t2", "a call")), timbre.Limit)
		s.refused("a second enrolment", s.EnrolProfile(ctx, profile("p3", "d1", 1), "task of p1"), timbre.Conflict)
	}},
	{"a write with a cancelled context writes nothing", func(s *subject) {
		ctx, cancel := context.WithCancel(s.Context())
		cancel()
		err := s.CreateConnector(ctx, connector("c1"))
		s.refused("given up", err, timbre.Internal)
		s.same("the cause", errors.Is(err, context.Canceled), true)
		_, err = s.Connector(s.Context(), "c1")
		s.refused("the connector", err, timbre.NotFound)
		s.must(s.CreateConnector(s.Context(), connector("c1")))
	}},
}
