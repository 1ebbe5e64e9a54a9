package storetest

import (
	"fmt"
	"time"

	"timbre"
	"timbre/store"
)

// sweepAt sweeps and checks how much was erased.
func (s *subject) sweepAt(at time.Time, want store.Swept) {
	s.Helper()
	got, err := s.Sweep(s.Context(), at)
	s.must(err)
	s.same("swept at "+at.String(), got, want)
}

const tick = time.Microsecond

var sweeps = []fact{
	{"an empty store has nothing to sweep", func(s *subject) { s.sweepAt(dawn().Add(10*timbre.ProfileLife), store.Swept{}) }},
	{"a voiceprint is erased 24 h after its creation and the end of its call", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		for name, c := range map[string]struct{ made, ended, end time.Duration }{
			"call ended later":   {time.Minute, time.Hour, time.Hour},
			"call ended earlier": {time.Hour, time.Minute, time.Hour},
		} {
			t := heard(search(name, "d1"), 1)
			t.VoiceprintMade, t.Ended = dawn().Add(c.made), dawn().Add(c.made)
			s.must(s.CreateTask(s.Context(), t))
			k := call(t.TransactionID)
			k.Ended = dawn().Add(c.ended)
			s.must(s.SaveCall(s.Context(), k, nil))
			end := dawn().Add(c.end + timbre.VoiceprintLife)
			s.sweepAt(end.Add(-tick), store.Swept{})
			s.same(name+", just before", s.task(t.ID).Voiceprint, t.Voiceprint)
			s.sweepAt(end, store.Swept{Voiceprints: 1})
			swept := t
			swept.Voiceprint = nil
			s.same(name+", just then", s.task(t.ID), swept)
			s.sweepAt(end, store.Swept{})
			s.must(s.SaveTask(s.Context(), t, nil)) // by a writer that still has it in memory
			s.same(name+", saved again", s.task(t.ID), swept)
		}
	}},
	{"for an unknown call, the end of the task counts", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.searched("t1", "d1", 1)
		end := s.task("t1").Ended
		s.sweepAt(end.Add(timbre.VoiceprintLife-tick), store.Swept{})
		s.sweepAt(end.Add(timbre.VoiceprintLife), store.Swept{Voiceprints: 1})
		s.sweepAt(end.Add(timbre.ResultLife-tick), store.Swept{})
		s.sweepAt(end.Add(timbre.ResultLife), store.Swept{Tasks: 1})
	}},
	{"the voiceprint of an enrolled task is erased as well, the profile keeps its own", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		s.sweepAt(dawn().Add(2*timbre.VoiceprintLife), store.Swept{Voiceprints: 1})
		s.same("voices", s.voices("d1", dawn()), []timbre.Profile{profile("p1", "d1", 1)})
		s.same("the task's profile", s.task("task of p1").ProfileID, "p1")
	}},
	{"tasks and calls are erased timbre.ResultLife after the end of the call, with their tokens", func(s *subject) {
		ctx := s.Context()
		t := heard(search("t1", "d1"), 1)
		t.Voiceprint = nil
		s.must(s.CreateTask(ctx, t))
		c := call(t.TransactionID)
		s.must(s.SaveCall(ctx, c, nil))
		s.must(s.SaveCall(ctx, call("a call without tasks"), nil))
		end := c.Ended.Add(timbre.ResultLife)
		s.sweepAt(end.Add(-tick), store.Swept{})
		s.sweepAt(end, store.Swept{Tasks: 1, Calls: 2})
		_, err := s.Task(ctx, timbre.SpeakerSearch, "t1")
		s.refused("the task", err, timbre.NotFound)
		_, err = s.TaskByToken(ctx, timbre.SpeakerSearch, t.Token)
		s.refused("its token", err, timbre.NotFound)
		_, err = s.Call(ctx, c.TransactionID)
		s.refused("the call", err, timbre.NotFound)
		s.must(s.CreateTask(ctx, t))
	}},
	{"nothing of a live call or an active task is erased", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.searched("t1", "d1", 1) // over, but its call lives
		live := call("call of t1")
		live.Ended = time.Time{}
		s.must(s.SaveCall(ctx, live, nil))
		t := tone("t2", "another call")
		s.must(s.CreateTask(ctx, t)) // active, though its call has ended
		s.must(s.SaveCall(ctx, call("another call"), nil))
		s.sweepAt(dawn().Add(timbre.ProfileLife-tick), store.Swept{})
		if s.task("t1").Voiceprint == nil {
			s.Error("got no voiceprint of a live call, want it kept")
		}
	}},
	{"the embedding of an expired profile is erased immediately", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		s.sweepAt(dawn().Add(timbre.ResultLife+time.Hour), store.Swept{Voiceprints: 1, Tasks: 1})
		s.sweepAt(dawn().Add(timbre.ProfileLife-tick), store.Swept{})
		s.sweepAt(dawn().Add(timbre.ProfileLife), store.Swept{Embeddings: 1})
		s.sweepAt(dawn().Add(timbre.ProfileLife), store.Swept{})
		got, err := s.Profile(s.Context(), "p1")
		s.must(err)
		s.same("the profile", got, unheard(profile("p1", "d1", 1)))
	}},
	{"notices of what was swept are still delivered", func(s *subject) {
		t := tone("t1", "a call")
		t.Active, t.Ended = false, dawn()
		s.must(s.CreateTask(s.Context(), t))
		s.must(s.SaveTask(s.Context(), t, []timbre.Notice{notice("n1", "t1", "q")}))
		s.sweepAt(dawn().Add(timbre.ResultLife), store.Swept{Tasks: 1})
		s.same("due", s.dueIDs(), []string{"n1"})
	}},
	{"a sweep erases everything, however much", func(s *subject) {
		const many = 1201
		for i := range many {
			c := call(fmt.Sprint("x", i))
			s.must(s.SaveCall(s.Context(), c, nil))
		}
		s.sweepAt(dawn().Add(2*timbre.ResultLife), store.Swept{Calls: many})
	}},
}
