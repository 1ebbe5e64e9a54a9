package storetest

import (
	"time"

	"timbre"
)

// searched creates a finished speaker search with the voiceprint of a voice.
func (s *subject) searched(taskID, domainID string, voice int) {
	s.Helper()
	s.must(s.CreateTask(s.Context(), search(taskID, domainID)))
	s.must(s.SaveTask(s.Context(), heard(search(taskID, domainID), voice), nil))
}

// enrol creates a profile from its own speaker search.
func (s *subject) enrol(id, domainID string, voice int) {
	s.Helper()
	s.searched("task of "+id, domainID, voice)
	s.must(s.EnrolProfile(s.Context(), profile(id, domainID, voice), "task of "+id))
}

// voices returns the profiles that a search compares with.
func (s *subject) voices(domainID string, now time.Time) []timbre.Profile {
	s.Helper()
	list, err := AllVoices(s.Context(), s, domainID, now)
	s.must(err)
	return list
}

// compared returns what a search is given of profiles.
func compared(profiles ...timbre.Profile) (all []timbre.Profile) {
	for _, p := range profiles {
		all = append(all, timbre.Profile{ID: p.ID, DomainID: p.DomainID, Expires: p.Expires, Voiceprint: p.Voiceprint})
	}
	return all
}

func (s *subject) generation(domainID string) int64 {
	s.Helper()
	var v Voices
	s.must(v.Follow(s.Context(), s, domainID, dawn()))
	return v.Generation
}

func (s *subject) task(id string) timbre.Task {
	s.Helper()
	t, err := s.Task(s.Context(), timbre.SpeakerSearch, id)
	s.must(err)
	return t
}

var profiles = []fact{
	{"an enrolled profile is returned with its embedding only by Voiceprint and FollowVoiceprints", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		got, err := s.Profile(s.Context(), "p1")
		s.must(err)
		s.same("Profile", got, unheard(profile("p1", "d1", 1)))
		list, err := s.ListProfiles(s.Context(), "d1", timbre.Page{})
		s.must(err)
		s.same("ListProfiles", list, []timbre.Item{{ID: got.ID, ARN: got.ARN, Created: got.Created, Updated: got.Updated, Expires: got.Expires}})
		heard, err := s.Voiceprint(s.Context(), "p1", dawn())
		s.must(err)
		s.same("Voiceprint", heard, profile("p1", "d1", 1))
		s.same("FollowVoiceprints", s.voices("d1", dawn()), compared(profile("p1", "d1", 1)))
		s.same("the task's profile", s.task("task of p1").ProfileID, "p1")
	}},
	{"a task is enrolled once", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		s.refused("the second", s.EnrolProfile(s.Context(), profile("p2", "d1", 1), "task of p1"), timbre.Conflict)
		s.must(s.SaveTask(s.Context(), heard(search("task of p1", "d1"), 1), nil)) // by a writer that does not know the profile
		s.same("the task's profile", s.task("task of p1").ProfileID, "p1")
		s.refused("the third", s.EnrolProfile(s.Context(), profile("p3", "d1", 1), "task of p1"), timbre.Conflict)
		s.must(s.DeleteProfile(s.Context(), "p1"))
		s.refused("the fourth", s.EnrolProfile(s.Context(), profile("p4", "d1", 1), "task of p1"), timbre.Conflict)
	}},
	{"enrolling requires a speaker search and a domain", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.searched("t1", "d1", 1)
		s.must(s.CreateTask(ctx, tone("t2", "a call")))
		was := s.generation("d1")
		s.refused("no task", s.EnrolProfile(ctx, profile("p1", "d1", 1), "none"), timbre.NotFound)
		s.refused("a tone task", s.EnrolProfile(ctx, profile("p1", "d1", 1), "t2"), timbre.NotFound)
		s.refused("no domain", s.EnrolProfile(ctx, profile("p1", "none", 1), "t1"), timbre.NotFound)
		erased := unheard(profile("p1", "none", 1))
		s.refused("no domain and no voice", s.EnrolProfile(ctx, erased, "t1"), timbre.NotFound)
		s.same("generation", s.generation("d1"), was)
		s.must(s.EnrolProfile(ctx, profile("p1", "d1", 1), "t1"))
		s.searched("t3", "d1", 1)
		s.refused("a second profile of an id", s.EnrolProfile(ctx, profile("p1", "d1", 1), "t3"), timbre.Conflict)
		s.must(s.EnrolProfile(ctx, profile("p3", "d1", 1), "t3"))
	}},
	{"renewing replaces voiceprint and expiry, nothing else", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.searched("t2", "d1", 2)
		want := profile("p1", "d1", 2)
		want.Updated, want.Expires = dawn().Add(time.Hour), dawn().Add(timbre.ProfileLife+time.Hour)
		want.Voiceprint.Model = "model-2"
		want.Tasks = []string{"task of p1", "t2"}
		renewal := want
		renewal.ARN, renewal.DomainID, renewal.Created = "other", "other", time.Time{}
		for range 2 { // the task may serve again
			s.must(s.RenewProfile(ctx, renewal, "t2"))
			s.same("voices", s.voices("d1", dawn()), compared(want))
		}
		s.same("profile of the renewing task", s.task("t2").ProfileID, "")
		s.must(s.EnrolProfile(ctx, profile("p2", "d1", 2), "t2"))
	}},
	{"renewing requires profile and task", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		s.refused("no profile", s.RenewProfile(s.Context(), profile("none", "d1", 2), "task of p1"), timbre.NotFound)
		s.refused("no task", s.RenewProfile(s.Context(), profile("p1", "d1", 2), "none"), timbre.NotFound)
		s.same("voices", s.voices("d1", dawn()), compared(profile("p1", "d1", 1)))
	}},
	{"an expired profile is listed but not compared until it is renewed", func(s *subject) {
		ctx, end := s.Context(), profile("", "", 0).Expires
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.same("just before", len(s.voices("d1", end.Add(-time.Microsecond))), 1)
		s.same("just then", len(s.voices("d1", end)), 0)
		list, err := s.ListProfiles(ctx, "d1", timbre.Page{})
		s.must(err)
		s.same("listed", len(list), 1)
		err = s.sweep(end)
		s.must(err)
		s.same("after a sweep, at any time", len(s.voices("d1", dawn())), 0)
		s.searched("t2", "d1", 2)
		again := profile("p1", "d1", 2)
		again.Expires = end.Add(timbre.ProfileLife)
		s.must(s.RenewProfile(ctx, again, "t2"))
		s.same("renewed", s.voices("d1", end), compared(again))
	}},
	{"deleting a profile erases its voice everywhere, including its tasks", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.enrol("p2", "d1", 2)
		s.searched("t3", "d1", 1)
		s.must(s.RenewProfile(ctx, profile("p1", "d1", 1), "t3"))
		s.must(s.DeleteProfile(ctx, "p1"))
		_, err := s.Profile(ctx, "p1")
		s.refused("deleted", err, timbre.NotFound)
		s.refused("deleted again", s.DeleteProfile(ctx, "p1"), timbre.NotFound)
		s.same("voices", s.voices("d1", dawn()), compared(profile("p2", "d1", 2)))
		for _, id := range []string{"task of p1", "t3"} {
			s.must(s.SaveTask(ctx, heard(search(id, "d1"), 1), nil)) // by a writer that still has it in memory
			if s.task(id).Voiceprint != nil {
				s.Errorf("task %s: got a voiceprint, want none", id)
			}
		}
		if s.task("task of p2").Voiceprint == nil {
			s.Error("task of another profile: got no voiceprint, want it kept")
		}
	}},
	{"profiles are counted by model while they have a voiceprint", func(s *subject) {
		ctx := s.Context()
		count := func(what string, want ...timbre.ModelUse) {
			got, err := s.ModelsInProfiles(ctx)
			s.must(err)
			s.same(what, got, want)
		}
		count("without profiles")
		for _, d := range []string{"d1", "d2"} {
			s.must(s.CreateDomain(ctx, domain(d)))
			s.enrol("p1 of "+d, d, 1)
			s.enrol("p2 of "+d, d, 2)
		}
		model := profile("", "", 0).Voiceprint.Model
		count("four of one model", timbre.ModelUse{Model: model, Profiles: 4, Domains: 2})
		s.searched("t", "d2", 1)
		for _, id := range []string{"p1 of d2", "p2 of d2"} {
			renewal := profile(id, "d2", 1)
			renewal.Voiceprint.Model = "other"
			s.must(s.RenewProfile(ctx, renewal, "t"))
		}
		s.must(s.DeleteProfile(ctx, "p2 of d2"))
		count("two models", timbre.ModelUse{Model: model, Profiles: 2, Domains: 1}, timbre.ModelUse{Model: "other", Profiles: 1, Domains: 1})
		s.must(s.sweep(profile("", "", 0).Expires))
		count("expired ones are erased")
	}},
	{"the generation grows with every change to a domain's profiles", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.must(s.CreateDomain(ctx, domain("d2")))
		s.searched("t1", "d1", 1)
		for _, change := range []struct {
			what string
			do   func() error
		}{
			{"enrol", func() error { return s.EnrolProfile(ctx, profile("p1", "d1", 1), "t1") }},
			{"renew", func() error { return s.RenewProfile(ctx, profile("p1", "d1", 2), "t1") }},
			{"expire", func() error { return s.sweep(dawn().Add(timbre.ProfileLife)) }},
			{"delete", func() error { return s.DeleteProfile(ctx, "p1") }},
		} {
			was, other := s.generation("d1"), s.generation("d2")
			s.must(change.do())
			if now := s.generation("d1"); now <= was {
				s.Errorf("%s: got generation %d after %d, want more", change.what, now, was)
			}
			s.same("generation of another domain after "+change.what, s.generation("d2"), other)
		}
	}},
}
