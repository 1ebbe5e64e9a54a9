package storetest

import (
	"time"

	"timbre"
)

var tasks = []fact{
	{"a task is returned as stored, by id and by token, at each stage of its life", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		begun := search("t1", "d1")
		s.must(s.CreateTask(s.Context(), begun))
		for _, want := range []timbre.Task{begun, heard(begun, 1), heard(begun, 2), {ID: "t1", Kind: timbre.SpeakerSearch, TransactionID: begun.TransactionID, Token: begun.Token}} {
			s.must(s.SaveTask(s.Context(), want, nil))
			s.same("by id", s.task("t1"), want)
			got, err := s.TaskByToken(s.Context(), timbre.SpeakerSearch, begun.Token)
			s.must(err)
			s.same("by token", got, want)
		}
	}},
	{"what does not exist is NotFound", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateTask(ctx, tone("t1", "a call")))
		_, err := s.Task(ctx, timbre.SpeakerSearch, "none")
		s.refused("no task", err, timbre.NotFound)
		_, err = s.Task(ctx, timbre.SpeakerSearch, "t1")
		s.refused("a task of the other kind", err, timbre.NotFound)
		_, err = s.TaskByToken(ctx, timbre.SpeakerSearch, tone("t1", "").Token)
		s.refused("a token of the other kind", err, timbre.NotFound)
		_, err = s.TaskByToken(ctx, timbre.SpeakerSearch, "")
		s.refused("no token", err, timbre.NotFound)
		for what, change := range map[string]func(*timbre.Task){
			"kind":        func(t *timbre.Task) { t.Kind = timbre.SpeakerSearch },
			"transaction": func(t *timbre.Task) { t.TransactionID = "another call" },
			"token":       func(t *timbre.Task) { t.Token = "" },
		} {
			t := tone("t1", "a call")
			change(&t)
			s.refused("saving one of another "+what, s.SaveTask(ctx, t, nil), timbre.NotFound)
		}
		s.refused("saving none", s.SaveTask(ctx, search("none", "d1"), []timbre.Notice{notice("n", "k", "t")}), timbre.NotFound)
		s.same("notices of a task that could not be saved", len(s.due()), 0)
	}},
	{"one task of a kind is active on a transaction", func(s *subject) {
		ctx := s.Context()
		first := tone("t1", "a call")
		s.must(s.CreateTask(ctx, first))
		s.refused("a second one", s.CreateTask(ctx, tone("t2", "a call")), timbre.Limit)
		s.must(s.CreateTask(ctx, tone("t3", "another call")))
		other := search("t4", "d1")
		other.TransactionID = "a call"
		s.must(s.CreateTask(ctx, other))

		first.Active, first.Status = false, timbre.Stopped
		s.must(s.SaveTask(ctx, first, nil))
		s.must(s.CreateTask(ctx, tone("t2", "a call")))
		first.Active = true
		s.refused("the first one, awakened", s.SaveTask(ctx, first, []timbre.Notice{notice("n", "k", "t")}), timbre.Limit)
		s.same("notices of a task that could not be saved", len(s.due()), 0)
		t, err := s.Task(ctx, timbre.VoiceTone, "t1")
		s.must(err)
		s.same("status", t.Status, timbre.Stopped)
	}},
	{"a token belongs to one task of a kind, as long as the task exists", func(s *subject) {
		ctx := s.Context()
		first := tone("t1", "a call")
		first.Active = false
		s.must(s.CreateTask(ctx, first))
		second := tone("t2", "another call")
		second.Token = first.Token
		s.refused("a second one", s.CreateTask(ctx, second), timbre.Conflict)
		other := search("t3", "d1")
		other.Token = first.Token
		s.must(s.CreateTask(ctx, other))
		for _, id := range []string{"t4", "t5"} { // without a token
			t := tone(id, "call of "+id)
			t.Token = ""
			s.must(s.CreateTask(ctx, t))
		}
	}},
	{"a repeated start while the first task is active is a Conflict, not a Limit", func(s *subject) {
		s.must(s.CreateTask(s.Context(), tone("t1", "a call")))
		again := tone("t2", "a call")
		again.Token = tone("t1", "").Token
		s.refused("repeated", s.CreateTask(s.Context(), again), timbre.Conflict)
	}},
	{"a second task with an id is a Conflict", func(s *subject) {
		s.must(s.CreateTask(s.Context(), tone("t1", "a call")))
		other := tone("t1", "another call")
		other.Token = "other"
		s.refused("the second", s.CreateTask(s.Context(), other), timbre.Conflict)
	}},
	{"active tasks are those that were running, oldest first", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		for i, id := range []string{"c", "b", "a"} {
			t := search(id, "d1")
			t.Created = dawn().Add(-time.Duration(i) * time.Microsecond)
			s.must(s.CreateTask(ctx, t))
		}
		late := search("d", "d1") // has its voiceprint and still listens
		late = heard(late, 1)
		late.Active, late.Status = true, timbre.PartialSuccess
		s.must(s.CreateTask(ctx, late))
		s.searched("over", "d1", 1)
		list, err := s.ActiveTasks(ctx)
		s.must(err)
		s.same("active", ids(list, refID), []string{"a", "b", "c", "d"})
		s.same("the last", s.task(list[3].ID), late)
		s.same("its kind", list[3].Kind, late.Kind)
	}},
	{"a task is stored without its voiceprint if the domain is gone", func(s *subject) {
		t := search("t1", "gone")
		s.must(s.CreateTask(s.Context(), t))
		s.must(s.SaveTask(s.Context(), heard(t, 1), []timbre.Notice{notice("n", "t1", "q")}))
		want := heard(t, 1)
		want.Voiceprint = nil
		s.same("task", s.task("t1"), want)
		s.same("notices", len(s.due()), 1)
	}},
	{"a task and its notices are written together", func(s *subject) {
		s.must(s.CreateTask(s.Context(), tone("t1", "a call")))
		s.must(s.SaveTask(s.Context(), tone("t1", "a call"), []timbre.Notice{notice("n1", "t1", "q"), notice("n2", "t1", "r")}))
		s.same("due", s.dueIDs(), []string{"n1", "n2"})
	}},
}

func ids[T any](list []T, id func(T) string) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = id(v)
	}
	return names
}
