package storetest

import (
	"fmt"
	"time"

	"timbre"
	"timbre/environment"
)

// swept counts what was erased.
type swept map[timbre.Perishable]int

// sweep erases what the rules say, by a clock that is right.
func (s *subject) sweep(at time.Time) error {
	_, err := s.erase(right(at))
	return err
}

// right is a clock that is right.
func right(at time.Time) func(time.Duration) []environment.Span {
	return func(life time.Duration) []environment.Span {
		return []environment.Span{{After: environment.Ever, Until: at.Add(-life)}}
	}
}

func (s *subject) erase(outlived func(life time.Duration) []environment.Span) (swept, error) {
	all := swept{}
	for _, l := range timbre.Lives {
		if l.For == 0 {
			continue // not in the store
		}
		for {
			n, held, err := s.Erase(s.Context(), l.Of, func() []environment.Span { return outlived(l.For) }, time.Millisecond)
			if err != nil {
				return all, err
			}
			if held <= 0 {
				s.Errorf("%s: got %v, want how long writes waited", l.Of, held)
			}
			if n == 0 {
				break
			}
			all[l.Of] += n
		}
	}
	return all, s.Scrub(s.Context())
}

// sweepAt sweeps and checks how much was erased.
func (s *subject) sweepAt(at time.Time, want swept) {
	s.Helper()
	got, err := s.erase(right(at))
	s.must(err)
	s.same("swept at "+at.String(), got, want)
}

const (
	tick = time.Microsecond
	day  = 24 * time.Hour
)

var sweeps = []fact{
	{"an empty store has nothing to sweep", func(s *subject) { s.sweepAt(dawn().Add(10*timbre.ProfileLife), swept{}) }},
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
			s.sweepAt(end.Add(-tick), swept{})
			s.same(name+", just before", s.task(t.ID).Voiceprint, t.Voiceprint)
			s.sweepAt(end, swept{timbre.TaskVoiceprints: 1})
			without := t
			without.Voiceprint = nil
			s.same(name+", just then", s.task(t.ID), without)
			s.sweepAt(end, swept{})
			s.must(s.SaveTask(s.Context(), t, nil)) // by a writer that still has it in memory
			s.same(name+", saved again", s.task(t.ID), without)
		}
	}},
	{"for an unknown call, the end of the task counts", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.searched("t1", "d1", 1)
		end := s.task("t1").Ended
		s.sweepAt(end.Add(timbre.VoiceprintLife-tick), swept{})
		s.sweepAt(end.Add(timbre.VoiceprintLife), swept{timbre.TaskVoiceprints: 1})
		s.sweepAt(end.Add(timbre.ResultLife-tick), swept{})
		s.sweepAt(end.Add(timbre.ResultLife), swept{timbre.Results: 1})
	}},
	{"the voiceprint of an enrolled task is erased as well, the profile keeps its own", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		s.sweepAt(dawn().Add(2*timbre.VoiceprintLife), swept{timbre.TaskVoiceprints: 1})
		s.same("voices", s.voices("d1", dawn()), compared(profile("p1", "d1", 1)))
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
		s.sweepAt(end.Add(-tick), swept{})
		s.sweepAt(end, swept{timbre.Results: 3})
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
		s.sweepAt(dawn().Add(timbre.ProfileLife-tick), swept{})
		if s.task("t1").Voiceprint == nil {
			s.Error("got no voiceprint of a live call, want it kept")
		}
	}},
	{"the embedding of an expired profile is erased immediately", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		s.sweepAt(dawn().Add(timbre.ResultLife+time.Hour), swept{timbre.TaskVoiceprints: 1, timbre.Results: 1})
		s.sweepAt(dawn().Add(timbre.ProfileLife-tick), swept{})
		s.sweepAt(dawn().Add(timbre.ProfileLife), swept{timbre.ProfileEmbedding: 1})
		s.sweepAt(dawn().Add(timbre.ProfileLife), swept{})
		got, err := s.Profile(s.Context(), "p1")
		s.must(err)
		s.same("the profile", got, unheard(profile("p1", "d1", 1)))
	}},
	{"notices of what was swept are still delivered", func(s *subject) {
		t := tone("t1", "a call")
		t.Active, t.Ended = false, dawn()
		s.must(s.CreateTask(s.Context(), t))
		s.must(s.SaveTask(s.Context(), t, []timbre.Notice{notice("n1", "t1", "q")}))
		s.sweepAt(dawn().Add(timbre.ResultLife), swept{timbre.Results: 1})
		s.same("due", s.dueIDs(), []string{"n1"})
	}},
	{"a sweep erases everything, however much", func(s *subject) {
		const many = 1201
		for i := range many {
			c := call(fmt.Sprint("x", i))
			s.must(s.SaveCall(s.Context(), c, nil))
		}
		s.sweepAt(dawn().Add(2*timbre.ResultLife), swept{timbre.Results: many})
	}},
	{"only what is stamped within the spans is erased, also with a time to come", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		stamped := func(id string, at time.Time) {
			t := heard(search(id, "d1"), 1)
			t.VoiceprintMade, t.Ended = at, at
			s.must(s.CreateTask(ctx, t))
			c := call(t.TransactionID)
			c.Ended = at
			s.must(s.SaveCall(ctx, c, nil))
			p := timbre.Pipeline{ID: "pipeline of " + id, ARN: "arn of " + id, Created: at, Ended: at}
			p.ConfigurationARN = configuration("c").ARN
			s.must(s.CreatePipeline(ctx, p, nil))
		}
		s.must(s.CreateConfiguration(ctx, configuration("c")))
		stamped("past", dawn())
		stamped("within", dawn().Add(time.Hour))
		stamped("to come", dawn().AddDate(9, 0, 0))
		outlived := []environment.Span{{After: environment.Ever, Until: dawn()}, {After: dawn().Add(day), Until: environment.Never}}
		got, err := s.erase(func(time.Duration) []environment.Span { return outlived })
		s.must(err)
		delete(got, timbre.PagePlaces) // of the pipelines, by the time of the engine
		s.same("erased", got, swept{timbre.TaskVoiceprints: 2, timbre.Results: 4, timbre.EndedPipelines: 2})
		s.same("the task between", s.task("within").VoiceprintStatus, timbre.VoiceprintGenerationSuccess)
	}},
	{"the later of two stamps must be within the spans", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		t := heard(search("t1", "d1"), 1)
		t.VoiceprintMade = dawn().AddDate(9, 0, 0) // by a clock that was ahead
		s.must(s.CreateTask(ctx, t))
		c := call(t.TransactionID)
		c.Ended = dawn().Add(time.Hour)
		s.must(s.SaveCall(ctx, c, nil))
		ahead := environment.Span{After: dawn().AddDate(1, 0, 0), Until: environment.Never}
		for _, at := range []struct {
			until time.Duration
			want  swept
		}{{time.Minute, swept{}}, {time.Hour, swept{timbre.TaskVoiceprints: 1, timbre.Results: 2}}} {
			got, err := s.erase(func(time.Duration) []environment.Span {
				return []environment.Span{{After: environment.Ever, Until: dawn().Add(at.until)}, ahead}
			})
			s.must(err)
			s.same("erased", got, at.want)
		}
	}},
	{"a clock is read as it was saved last", func(s *subject) {
		r, err := s.Clock(s.Context())
		s.must(err)
		s.same("at first", r, environment.ClockRecord{})
		want := environment.ClockRecord{
			Uptime: environment.Uptime{Boot: "b", Up: time.Hour + time.Nanosecond}, Wall: dawn(), Counted: 3 * day,
			Marks: []environment.Mark{{Counted: 0, Wall: dawn().Add(-3 * day)}, {Counted: day, Wall: dawn().AddDate(-20, 0, 0)}},
		}
		s.must(s.SaveClock(s.Context(), environment.ClockRecord{}))
		s.must(s.SaveClock(s.Context(), want))
		s.reopen()
		r, err = s.Clock(s.Context())
		s.must(err)
		s.same("after a restart", r, want)
	}},
}
