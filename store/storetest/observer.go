package storetest

import (
	"timbre"
	"timbre/store"
)

// observed adds observers that record what is raised, and returns the function that takes the record.
func (s *subject) observed() (take func() []string) {
	s.Helper()
	raised := []string{}
	s.Observe(store.Observers{
		Posted:           func([]string) { raised = append(raised, "posted") },
		AdmissionChanged: func(connectorID string) { raised = append(raised, "admission of "+connectorID) },
		VoicesErased:     func(domainID string) { raised = append(raised, "erased of "+domainID) },
		DomainDeleted:    func(domainID string) { raised = append(raised, "deleted "+domainID) },
	})
	return func() []string {
		last := raised
		raised = []string{}
		return last
	}
}

// write is a write and what it raises.
type write struct {
	name string
	do   func() error
	want []string
}

func (s *subject) raises(writes ...write) {
	s.Helper()
	take := s.observed()
	for _, w := range writes {
		if err := w.do(); err != nil {
			s.Fatalf("%s: got error %v, want none", w.name, err)
		}
		s.same("raised by "+w.name, take(), w.want)
	}
}

// refusals checks that refused writes raise nothing.
func (s *subject) refusals(writes ...write) {
	s.Helper()
	take := s.observed()
	for _, w := range writes {
		if err := w.do(); err == nil {
			s.Errorf("%s: got no error, want one", w.name)
		}
		s.same("raised by "+w.name, take(), []string{})
	}
}

var observing = []fact{
	{"Posted is raised by every write that posts notices", func(s *subject) {
		ctx := s.Context()
		n, posted := []timbre.Notice{notice("n1", "k", "t")}, []string{"posted"}
		s.configured()
		s.must(s.CreateTask(ctx, tone("t1", "x1")))
		s.raises(
			write{"Post", func() error { return s.Post(ctx, n) }, posted},
			write{"SaveCall", func() error { return s.SaveCall(ctx, call("x1"), n) }, posted},
			write{"SaveTask", func() error { return s.SaveTask(ctx, tone("t1", "x1"), n) }, posted},
			write{"CreatePipeline", func() error { return s.CreatePipeline(ctx, pipeline("p1"), n) }, posted},
			write{"SavePipeline", func() error { return s.SavePipeline(ctx, pipeline("p1"), n) }, posted},
			write{"DeletePipeline", func() error { return s.DeletePipeline(ctx, "p1", n) }, posted},
		)
	}},
	{"a write without notices does not raise Posted", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateTask(ctx, tone("t1", "x1")))
		s.raises(
			write{"Post", func() error { return s.Post(ctx, nil) }, []string{}},
			write{"SaveCall", func() error { return s.SaveCall(ctx, call("x1"), nil) }, []string{}},
			write{"SaveTask", func() error { return s.SaveTask(ctx, tone("t1", "x1"), nil) }, []string{}},
		)
	}},
	{"AdmissionChanged is raised by every write that changes what decides about calls to a connector", func(s *subject) {
		ctx, changed := s.Context(), []string{"admission of c1"}
		c1, untouched := connector("c1"), func(map[string]string) error { return nil }
		s.must(s.CreateConfiguration(ctx, configuration("k1")))
		s.raises(
			write{"CreateConnector", func() error { return s.CreateConnector(ctx, c1) }, changed},
			write{"UpdateConnector", func() error {
				_, err := s.UpdateConnector(ctx, "c1", func(*timbre.Connector) {})
				return err
			}, changed},
			write{"UpdateTags", func() error { return s.UpdateTags(ctx, c1.ARN, untouched) }, changed},
			write{"UpdateTags of a configuration", func() error { return s.UpdateTags(ctx, configuration("k1").ARN, untouched) }, []string{}},
			write{"PutTermination", func() error { return s.PutTermination(ctx, "c1", termination()) }, changed},
			write{"PutCredentials", func() error { return s.PutCredentials(ctx, "c1", []timbre.Credential{credential("ann")}) }, changed},
			write{"DeleteCredentials", func() error { return s.DeleteCredentials(ctx, "c1", []string{"ann"}) }, changed},
			write{"DeleteTermination", func() error { return s.DeleteTermination(ctx, "c1") }, changed},
			write{"DeleteConnector", func() error { return s.DeleteConnector(ctx, "c1") }, changed},
		)
	}},
	{"VoicesErased is raised by every write that erases or replaces a profile's voiceprint", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateDomain(ctx, domain("d1")))
		s.enrol("p1", "d1", 1)
		s.enrol("p2", "d1", 2)
		s.raises(
			write{"RenewProfile", func() error { return s.RenewProfile(ctx, profile("p1", "d1", 3), "task of p1") }, []string{"erased of d1"}},
			write{"Remake", func() error { return s.Remake(ctx, "p1", voiceprint(3).Model, voiceprint(4)) }, []string{"erased of d1"}},
			write{"DeleteProfile", func() error { return s.DeleteProfile(ctx, "p1") }, []string{"erased of d1"}},
			write{"the sweep", func() error { return s.sweep(profile("", "", 0).Expires) }, []string{"erased of "}},
		)
		s.refusals(write{"DeleteProfile", func() error { return s.DeleteProfile(ctx, "p1") }, nil})
	}},
	{"DomainDeleted is raised by the deletion of a domain", func(s *subject) {
		ctx := s.Context()
		s.raises(
			write{"CreateDomain", func() error { return s.CreateDomain(ctx, domain("d1")) }, []string{}},
			write{"DeleteDomain", func() error { return s.DeleteDomain(ctx, "d1") }, []string{"deleted d1"}},
		)
	}},
	{"a refused write raises nothing", func(s *subject) {
		ctx := s.Context()
		n := []timbre.Notice{notice("n1", "k", "t")}
		s.must(s.CreateConnector(ctx, connector("c9")))
		s.refusals(
			write{name: "SaveTask", do: func() error { return s.SaveTask(ctx, tone("t1", "x1"), n) }},
			write{name: "CreatePipeline", do: func() error { return s.CreatePipeline(ctx, pipeline("p1"), n) }},
			write{name: "SavePipeline", do: func() error { return s.SavePipeline(ctx, pipeline("p1"), n) }},
			write{name: "DeletePipeline", do: func() error { return s.DeletePipeline(ctx, "p1", n) }},
			write{name: "CreateConnector", do: func() error { return s.CreateConnector(ctx, connector("c9")) }},
			write{name: "UpdateConnector", do: func() error {
				_, err := s.UpdateConnector(ctx, "c1", func(*timbre.Connector) {})
				return err
			}},
			write{name: "UpdateTags", do: func() error { return s.UpdateTags(ctx, "arn:none", nil) }},
			write{name: "PutTermination", do: func() error { return s.PutTermination(ctx, "c1", termination()) }},
			write{name: "DeleteTermination", do: func() error { return s.DeleteTermination(ctx, "c1") }},
			write{name: "PutCredentials", do: func() error { return s.PutCredentials(ctx, "c1", nil) }},
			write{name: "DeleteCredentials", do: func() error { return s.DeleteCredentials(ctx, "c1", nil) }},
			write{name: "DeleteConnector", do: func() error { return s.DeleteConnector(ctx, "c1") }},
			write{name: "DeleteDomain", do: func() error { return s.DeleteDomain(ctx, "d1") }},
		)
	}},
	{"observers are called after the commit", func(s *subject) {
		ctx, seen := s.Context(), 0
		s.Observe(store.Observers{Posted: func([]string) { seen = len(s.due()) }})
		s.must(s.Post(ctx, []timbre.Notice{notice("n1", "k", "t")}))
		s.same("notices that the observer finds due", seen, 1)
	}},
	{"all observers are called, and a nil function is skipped", func(s *subject) {
		take := s.observed()
		s.Observe(store.Observers{})
		second := 0
		s.Observe(store.Observers{Posted: func([]string) { second++ }})
		s.must(s.Post(s.Context(), []timbre.Notice{notice("n1", "k", "t")}))
		s.same("raised to the first", take(), []string{"posted"})
		s.same("raised to the second", second, 1)
	}},
}
