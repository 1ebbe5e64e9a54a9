package storetest

import (
	"fmt"

	"timbre"
)

// filled lets a crowd create at once under a limit: as many as it allows have to win, and the rest to be refused by it.
func (s *subject) filled(what string, limit int, try func(i int) error) {
	s.Helper()
	made := 0
	for i, err := range s.together(try) {
		if err == nil {
			made++
		} else {
			s.refused(fmt.Sprint(what, " ", i), err, timbre.Limit)
		}
	}
	s.same(what+"s made", made, limit)
}

// tags are n of them.
func tags(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprint("tag", i)] = "x"
	}
	return m
}

var quotas = []fact{
	{"of many creations at once, as many succeed as the quota has left", func(s *subject) {
		s.must(s.CreateConnector(s.Context(), connector("before")))
		s.Limit(timbre.Limits{Connectors: 3, Configurations: 4, Domains: 2, Profiles: 5, Tasks: 6})
		s.filled("connector", 2, func(i int) error { return s.CreateConnector(s.Context(), connector(fmt.Sprint("c", i))) })
		s.filled("configuration", 4, func(i int) error { return s.CreateConfiguration(s.Context(), configuration(fmt.Sprint("f", i))) })
		s.filled("domain", 2, func(i int) error { return s.CreateDomain(s.Context(), domain(fmt.Sprint("d", i))) })
		s.filled("task", 6, func(i int) error { return s.CreateTask(s.Context(), tone(fmt.Sprint("t", i), fmt.Sprint("call ", i))) })
	}},
	{"a domain's profiles have a quota of their own", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.must(s.CreateDomain(s.Context(), domain("d2")))
		for i := range crowd {
			s.searched(fmt.Sprint("t", i), "d1", i)
		}
		s.searched("other", "d2", 1)
		s.Limit(timbre.Limits{Profiles: 5})
		s.filled("profile", 5, func(i int) error {
			return s.EnrolProfile(s.Context(), profile(fmt.Sprint("p", i), "d1", i), fmt.Sprint("t", i))
		})
		s.must(s.EnrolProfile(s.Context(), profile("other", "d2", 1), "other"))
	}},
	{"what was refused has left nothing, and what is deleted makes room", func(s *subject) {
		s.Limit(timbre.Limits{Connectors: 1})
		s.must(s.CreateConnector(s.Context(), connector("c1")))
		s.refused("a second", s.CreateConnector(s.Context(), connector("c2")), timbre.Limit)
		_, err := s.Connector(s.Context(), "c2")
		s.refused("Connector", err, timbre.NotFound)
		s.must(s.DeleteConnector(s.Context(), "c1"))
		s.must(s.CreateConnector(s.Context(), connector("c2")))
	}},
	{"a repeated creation is told so, and not of the quota", func(s *subject) {
		d := domain("d1")
		d.Token = "same"
		s.must(s.CreateDomain(s.Context(), d))
		s.Limit(timbre.Limits{Domains: 1})
		d.ID = "d2"
		s.refused("again", s.CreateDomain(s.Context(), d), timbre.Conflict)
	}},
	{"a task that has ended does not count", func(s *subject) {
		s.Limit(timbre.Limits{Tasks: 1})
		s.must(s.CreateTask(s.Context(), tone("t1", "a")))
		s.refused("a second", s.CreateTask(s.Context(), tone("t2", "b")), timbre.Limit)
		t := tone("t1", "a")
		t.Active, t.Ended = false, dawn()
		s.must(s.SaveTask(s.Context(), t, nil))
		s.must(s.CreateTask(s.Context(), tone("t2", "b")))
	}},
	{"a resource has no more tags than allowed", func(s *subject) {
		s.Limit(timbre.Limits{Tags: 2})
		c, f, d := connector("c1"), configuration("f1"), domain("d1")
		c.Tags, f.Tags, d.Tags = tags(3), tags(3), tags(3)
		s.refused("connector", s.CreateConnector(s.Context(), c), timbre.Limit)
		s.refused("configuration", s.CreateConfiguration(s.Context(), f), timbre.Limit)
		s.refused("domain", s.CreateDomain(s.Context(), d), timbre.Limit)
		c.Tags, f.Tags, d.Tags = tags(2), tags(2), tags(2)
		s.must(s.CreateConnector(s.Context(), c))
		s.must(s.CreateConfiguration(s.Context(), f))
		s.must(s.CreateDomain(s.Context(), d))
	}},
	{"a token makes one configuration, as long as there is one", func(s *subject) {
		one, two := configuration("f1"), configuration("f2")
		one.Token, two.Token = "same", "same"
		s.must(s.CreateConfiguration(s.Context(), one))
		s.refused("again", s.CreateConfiguration(s.Context(), two), timbre.Conflict)
		s.must(s.DeleteConfiguration(s.Context(), "f1"))
		s.must(s.CreateConfiguration(s.Context(), two))
	}},
}
