package storetest

import (
	"time"

	"timbre"
)

var domains = []fact{
	{"a domain is returned as stored, by id and by token", func(s *subject) {
		d := domain("d1")
		s.must(s.CreateDomain(s.Context(), d))
		got, err := s.Domain(s.Context(), d.ID)
		s.must(err)
		s.same("by id", got, d)
		got, err = s.DomainByToken(s.Context(), d.Token)
		s.must(err)
		s.same("by token", got, d)
	}},
	{"a token creates one domain", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		second := domain("d2")
		second.Token = domain("d1").Token
		s.refused("the second", s.CreateDomain(s.Context(), second), timbre.Conflict)
		_, err := s.Domain(s.Context(), "d2")
		s.refused("the second, afterwards", err, timbre.NotFound)
		s.must(s.DeleteDomain(s.Context(), "d1"))
		s.must(s.CreateDomain(s.Context(), second))
	}},
	{"domains without a token do not conflict, and are not found by it", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), timbre.Domain{ID: "d1"}))
		s.must(s.CreateDomain(s.Context(), timbre.Domain{ID: "d2"}))
		_, err := s.DomainByToken(s.Context(), "")
		s.refused("empty token", err, timbre.NotFound)
	}},
	{"a second domain with an id is a Conflict", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), timbre.Domain{ID: "d1"}))
		s.refused("the second", s.CreateDomain(s.Context(), domain("d1")), timbre.Conflict)
	}},
	{"what does not exist is NotFound", func(s *subject) {
		ctx := s.Context()
		_, err := s.Domain(ctx, "none")
		s.refused("Domain", err, timbre.NotFound)
		_, err = s.DomainByToken(ctx, "none")
		s.refused("DomainByToken", err, timbre.NotFound)
		_, err = s.UpdateDomain(ctx, "none", func(*timbre.Domain) { s.Error("got a change of an unknown domain") })
		s.refused("UpdateDomain", err, timbre.NotFound)
		s.refused("DeleteDomain", s.DeleteDomain(ctx, "none"), timbre.NotFound)
		_, err = s.Voiceprint(ctx, "none", dawn())
		s.refused("Voiceprint", err, timbre.NotFound)
		_, err = AllVoices(ctx, s, "none", dawn())
		s.refused("FollowVoiceprints", err, timbre.NotFound)
		_, err = s.ListProfiles(ctx, "none", timbre.Page{})
		s.refused("ListProfiles", err, timbre.NotFound)
	}},
	{"an update changes all but the identity of a domain", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.enrol("p1", "d1", 1)
		want := domain("d1")
		want.Name, want.Description, want.Tags, want.Updated = "New", "", map[string]string{"x": "y"}, dawn().Add(time.Hour)
		got, err := s.UpdateDomain(s.Context(), "d1", func(d *timbre.Domain) {
			s.same("before", *d, domain("d1"))
			*d = want
			d.ID, d.Token, d.Fingerprint, d.Created = "d2", "other", "other", time.Time{}
		})
		s.must(err)
		s.same("given back", got, want)
		got, err = s.Domain(s.Context(), "d1")
		s.must(err)
		s.same("kept", got, want)
		s.same("voices that can be read", len(s.voices("d1", dawn())), 1)
	}},
	{"deleting a domain deletes its profiles and all its voiceprints", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.must(s.CreateDomain(ctx, domain("d2")))
		s.enrol("p1", "d1", 1)
		s.enrol("p2", "d2", 2)
		s.must(s.DeleteDomain(ctx, "d1"))

		_, err := s.Domain(ctx, "d1")
		s.refused("the domain", err, timbre.NotFound)
		_, err = s.DomainByToken(ctx, domain("d1").Token)
		s.refused("its token", err, timbre.NotFound)
		_, err = s.Profile(ctx, "p1")
		s.refused("its profile", err, timbre.NotFound)
		_, err = AllVoices(ctx, s, "d1", dawn())
		s.refused("its voices", err, timbre.NotFound)

		t, err := s.Task(ctx, timbre.SpeakerSearch, "task of p1")
		s.must(err)
		want := heard(search("task of p1", "d1"), 1)
		want.Voiceprint, want.ProfileID = nil, "p1"
		s.same("its task", t, want)
		s.same("voices of another domain", len(s.voices("d2", dawn())), 1)
	}},
	{"a new domain with the same id has none of the old voiceprints", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.must(s.DeleteDomain(ctx, "d1"))
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.same("profiles", len(s.voices("d1", dawn())), 0)
		t, err := s.Task(ctx, timbre.SpeakerSearch, "task of p1")
		s.must(err)
		s.same("voiceprint of the task", t.Voiceprint, (*timbre.Voiceprint)(nil))
		s.must(s.SaveTask(ctx, heard(search("task of p1", "d1"), 1), nil))
		t, err = s.Task(ctx, timbre.SpeakerSearch, "task of p1")
		s.must(err)
		s.same("voiceprint of the task, saved by a writer that still had it", t.Voiceprint, (*timbre.Voiceprint)(nil))
	}},
}
