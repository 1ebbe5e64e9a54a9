package storetest

import (
	"fmt"
	"slices"
	"time"

	"timbre"
)

// follows brings a copy up to date, and compares what was handed over with what is wanted.
func (s *subject) follows(v *Voices, domainID string, put, removed []string) {
	s.Helper()
	cleared := v.Cleared
	s.must(v.Follow(s.Context(), s, domainID, dawn()))
	slices.Sort(v.Put)
	slices.Sort(v.Removed)
	s.same("put", v.Put, put)
	s.same("removed", v.Removed, removed)
	s.same("cleared", v.Cleared, cleared)
}

var follow = []fact{
	{"a copy of a domain's voices follows what changes, and nothing else", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.must(s.CreateDomain(ctx, domain("d2")))
		s.enrol("p1", "d1", 1)
		s.enrol("p2", "d1", 2)
		var v Voices
		s.must(v.Follow(ctx, s, "d1", dawn()))
		s.same("cleared at first", v.Cleared, 1)
		s.same("put at first", len(v.Put), 2)
		s.follows(&v, "d1", nil, nil)

		s.enrol("other", "d2", 3)
		s.follows(&v, "d1", nil, nil)
		s.enrol("p3", "d1", 3)
		s.follows(&v, "d1", []string{"p3"}, nil)
		s.must(s.RenewProfile(ctx, profile("p1", "d1", 4), "task of p3"))
		s.must(s.DeleteProfile(ctx, "p2"))
		s.follows(&v, "d1", []string{"p1"}, []string{"p2"})
		s.same("the copy", v.Profiles["p1"].Voiceprint, voiceprint(4))
		s.searched("t5", "d1", 5)
		s.must(s.EnrolProfile(ctx, profile("p2", "d1", 5), "t5")) // an id comes again
		s.must(s.DeleteProfile(ctx, "p3"))
		s.follows(&v, "d1", []string{"p2"}, []string{"p3"})
		s.same("the copy", v.Profiles["p2"].Voiceprint, voiceprint(5))
		s.same("profiles", len(v.Profiles), 2)
	}},
	{"a copy loses what has expired and what was erased", func(s *subject) {
		ctx, end := s.Context(), profile("", "", 0).Expires
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.enrol("p2", "d1", 2)
		var v Voices
		s.must(v.Follow(ctx, s, "d1", dawn()))
		s.must(s.sweep(end))
		s.follows(&v, "d1", nil, []string{"p1", "p2"})
	}},
	{"a copy that is too far behind, or of a later state than there is, is read anew", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		var v Voices
		s.must(v.Follow(ctx, s, "d1", dawn()))
		for _, generation := range []int64{0, -5, v.Generation + 1, v.Generation + 20_000} {
			was := v.Cleared
			v.Generation = generation
			s.must(v.Follow(ctx, s, "d1", dawn()))
			s.same(fmt.Sprint("cleared from ", generation), v.Cleared, was+1)
			s.same(fmt.Sprint("profiles from ", generation), len(v.Profiles), 1)
		}
	}},
	{"a copy of many voices is complete, however they are kept", func(s *subject) {
		ctx, want := s.Context(), []timbre.Profile{}
		s.must(s.CreateDomain(ctx, domain("d1")))
		for i := range 300 {
			p := profile(fmt.Sprintf("p%03d", i), "d1", i)
			s.enrol(p.ID, "d1", i)
			want = append(want, compared(p)...)
		}
		complete := func(when string) {
			s.Helper()
			s.same(when, s.voices("d1", dawn()), want)
			s.settle()
			s.same(when+", settled", s.voices("d1", dawn()), want)
			s.reopen()
			s.same(when+", after a restart", s.voices("d1", dawn()), want)
		}
		complete("enrolled")
		s.must(s.DeleteProfile(ctx, "p017"))
		s.must(s.RenewProfile(ctx, profile("p018", "d1", 1018), "task of p018"))
		want[18] = compared(profile("p018", "d1", 1018))[0]
		want = slices.Delete(want, 17, 18)
		complete("changed")
		s.same("expired", len(s.voices("d1", profile("", "", 0).Expires)), 0)
	}},
	{"a profile's voiceprint is read until it expires", func(s *subject) {
		ctx, end := s.Context(), profile("", "", 0).Expires
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		for _, c := range []struct {
			at   time.Time
			want timbre.Profile
		}{{end.Add(-time.Microsecond), profile("p1", "d1", 1)}, {end, unheard(profile("p1", "d1", 1))}} {
			got, err := s.Voiceprint(ctx, "p1", c.at)
			s.must(err)
			s.same(c.at.String(), got, c.want)
		}
	}},
}
