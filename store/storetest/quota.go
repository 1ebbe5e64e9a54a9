package storetest

import (
	"fmt"
	"time"

	"timbre"
)

// filled creates concurrently under a limit: as many as it allows must succeed, and the rest must be refused by it.
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

// tags returns n tags.
func tags(n int) map[string]string {
	m := map[string]string{}
	for i := range n {
		m[fmt.Sprint("tag", i)] = "x"
	}
	return m
}

var quotas = []fact{
	{"concurrent creations succeed up to the quota", func(s *subject) {
		s.must(s.CreateConnector(s.Context(), connector("before")))
		s.Limit(timbre.Limits{Connectors: 3, Configurations: 4, Domains: 2, Profiles: 5, Tasks: 6})
		s.filled("connector", 2, func(i int) error { return s.CreateConnector(s.Context(), connector(fmt.Sprint("c", i))) })
		s.filled("configuration", 4, func(i int) error { return s.CreateConfiguration(s.Context(), configuration(fmt.Sprint("f", i))) })
		s.filled("domain", 2, func(i int) error { return s.CreateDomain(s.Context(), domain(fmt.Sprint("d", i))) })
		s.filled("task", 6, func(i int) error { return s.CreateTask(s.Context(), tone(fmt.Sprint("t", i), fmt.Sprint("call ", i))) })
	}},
	{"concurrent pipelines and resources are created up to the quota", func(s *subject) {
		s.Limit(timbre.Limits{Pipelines: 3, Groups: 4, Numbers: 5})
		s.configured()
		s.must(s.CreatePipeline(s.Context(), pipeline("over"), nil)) // one that has ended does not count
		live := func(i int) timbre.Pipeline {
			p := pipeline(fmt.Sprint("p", i))
			p.Ended = time.Time{}
			return p
		}
		s.filled("pipeline", 3, func(i int) error { return s.CreatePipeline(s.Context(), live(i), nil) })
		for kind, limit := range map[string]int{timbre.KindGroup: 4, timbre.KindNumber: 5, "thing": crowd} {
			s.filled(kind, limit, func(i int) error {
				return s.CreateResource(s.Context(), timbre.Resource{Kind: kind, ID: fmt.Sprint(kind, i)})
			})
		}
	}},
	{"concurrent calls on a connector begin up to the quota", func(s *subject) {
		live := func(connector, id string) timbre.Call {
			return timbre.Call{TransactionID: id, ConnectorID: connector, Started: dawn()}
		}
		s.Limit(timbre.Limits{Calls: 3})
		s.must(s.SaveCall(s.Context(), call("over"), nil)) // one that has ended does not count
		s.filled("call", 3, func(i int) error { return s.SaveCall(s.Context(), live("connector", fmt.Sprint("x", i)), nil) })
		s.must(s.SaveCall(s.Context(), live("another", "y"), nil))
		calls, err := s.LiveCalls(s.Context())
		s.must(err)
		first, err := s.Call(s.Context(), calls[0])
		s.must(err)
		s.Limit(timbre.Limits{Calls: 1})
		s.must(s.SaveCall(s.Context(), first, nil)) // it was there before
		first.Ended = dawn()
		s.must(s.SaveCall(s.Context(), first, nil))
		s.refused("more", s.SaveCall(s.Context(), live("connector", "z"), []timbre.Notice{notice("n", "z", "q")}), timbre.Limit)
		s.same("notices of what did not begin", len(s.due()), 0)
	}},
	{"analysed calls have a quota, whatever the number of tasks on each", func(s *subject) {
		s.Limit(timbre.Limits{Analysed: 2})
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		s.filled("task", 2, func(i int) error { return s.CreateTask(s.Context(), tone(fmt.Sprint("t", i), fmt.Sprint("call ", i))) })
		active, err := s.ActiveTasks(s.Context())
		s.must(err)
		second := search("s1", "d1")
		first, err := s.Task(s.Context(), timbre.VoiceTone, active[0].ID)
		s.must(err)
		second.TransactionID, second.Active, second.Ended = first.TransactionID, true, time.Time{}
		s.must(s.CreateTask(s.Context(), second))
	}},
	{"what quotas bound is counted, for the connector and the domain with the most", func(s *subject) {
		s.must(s.CreateDomain(s.Context(), domain("d1")))
		for i, connector := range []string{"one", "two", "two"} {
			s.must(s.SaveCall(s.Context(), timbre.Call{TransactionID: fmt.Sprint("x", i), ConnectorID: connector, Started: dawn()}, nil))
		}
		s.must(s.CreateTask(s.Context(), tone("t", "x1")))
		second := search("s", "d1")
		second.TransactionID, second.Active, second.Ended = "x1", true, time.Time{}
		s.must(s.CreateTask(s.Context(), second))
		got, err := s.Used(s.Context())
		s.must(err)
		s.same("usage", got, timbre.Usage{Tasks: 2, Analysed: 1, Calls: 2})
	}},
	{"the connectors of a group and the calls per second of a termination are limited", func(s *subject) {
		ctx := s.Context()
		s.Limit(timbre.Limits{Members: 2, CPS: 3})
		var members []string
		for i := range 3 {
			members = append(members, fmt.Sprint("c", i))
			s.must(s.CreateConnector(ctx, connector(members[i])))
		}
		group := timbre.Resource{Kind: timbre.KindGroup, ID: "g", Uses: members}
		s.refused("group", s.CreateResource(ctx, group), timbre.Limit)
		group.Uses = members[:2]
		s.must(s.CreateResource(ctx, group))
		with := func(uses ...string) error {
			_, err := s.UpdateResource(ctx, timbre.KindGroup, "g", func(r *timbre.Resource) error { r.Uses = uses; return nil })
			return err
		}
		s.refused("three of them", with(members...), timbre.Limit)
		s.must(with(members[2]))
		s.refused("termination", s.PutTermination(ctx, "c0", timbre.Termination{CPSLimit: 4}), timbre.Limit)
		s.must(s.PutTermination(ctx, "c0", timbre.Termination{CPSLimit: 3}))
		s.must(s.PutTermination(ctx, "c0", timbre.Termination{}))
	}},
	{"the profiles of each domain have a quota", func(s *subject) {
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
		list, err := s.ListProfiles(s.Context(), "d1", timbre.Page{Limit: 1})
		s.must(err)
		s.must(s.DeleteProfile(s.Context(), list[0].ID))
		s.searched("later", "d1", 1)
		s.must(s.EnrolProfile(s.Context(), profile("later", "d1", 1), "later"))
	}},
	{"a refused creation leaves nothing, and a deletion frees the quota", func(s *subject) {
		s.Limit(timbre.Limits{Connectors: 1})
		s.must(s.CreateConnector(s.Context(), connector("c1")))
		s.refused("a second", s.CreateConnector(s.Context(), connector("c2")), timbre.Limit)
		_, err := s.Connector(s.Context(), "c2")
		s.refused("Connector", err, timbre.NotFound)
		s.must(s.DeleteConnector(s.Context(), "c1"))
		s.must(s.CreateConnector(s.Context(), connector("c2")))
	}},
	{"a duplicate creation over the quota is a Conflict", func(s *subject) {
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
	{"the tags of a resource are limited", func(s *subject) {
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
		s.configured()
		p, r := pipeline("p1"), timbre.Resource{Kind: "thing", ID: "r1", Tags: tags(3)}
		p.Tags = tags(3)
		s.refused("pipeline", s.CreatePipeline(s.Context(), p, nil), timbre.Limit)
		s.refused("resource", s.CreateResource(s.Context(), r), timbre.Limit)
		add := func(key string) error {
			return s.UpdateTags(s.Context(), d.ARN, func(all map[string]string) error { all[key] = "y"; return nil })
		}
		s.refused("one more", add("new"), timbre.Limit)
		s.must(add("tag0"))
		s.Limit(timbre.Limits{Tags: 1})
		s.must(add("tag1")) // what was there before stays, and may change
	}},
	{"a token creates one configuration as long as it exists", func(s *subject) {
		one, two := configuration("f1"), configuration("f2")
		one.Token, two.Token = "same", "same"
		s.must(s.CreateConfiguration(s.Context(), one))
		s.refused("again", s.CreateConfiguration(s.Context(), two), timbre.Conflict)
		s.must(s.DeleteConfiguration(s.Context(), "f1"))
		s.must(s.CreateConfiguration(s.Context(), two))
	}},
}
