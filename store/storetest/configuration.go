package storetest

import "timbre"

var configurations = []fact{
	{"a configuration is found by id, name and ARN", func(s *subject) {
		c := configuration("f1")
		s.must(s.CreateConfiguration(s.Context(), c))
		s.must(s.CreateConfiguration(s.Context(), configuration("f2")))
		for _, identifier := range []string{c.ID, c.Name, c.ARN} {
			got, err := s.Configuration(s.Context(), identifier)
			s.must(err)
			s.same("by "+identifier, got, c)
		}
	}},
	{"a configuration without alerts and tags is returned without", func(s *subject) {
		c := timbre.Configuration{ID: "f1", ARN: "arn", Name: "name", Created: dawn()}
		s.must(s.CreateConfiguration(s.Context(), c))
		got, err := s.Configuration(s.Context(), "f1")
		s.must(err)
		s.same("configuration", got, c)
	}},
	{"an id takes precedence over an ARN, an ARN over a name", func(s *subject) {
		s.must(s.CreateConfiguration(s.Context(), timbre.Configuration{ID: "1", Name: "x", ARN: "a1"}))
		s.must(s.CreateConfiguration(s.Context(), timbre.Configuration{ID: "2", Name: "n2", ARN: "x"}))
		s.must(s.CreateConfiguration(s.Context(), timbre.Configuration{ID: "x", Name: "n3", ARN: "a3"}))
		for _, want := range []string{"x", "2", "1"} {
			got, err := s.Configuration(s.Context(), "x")
			s.must(err)
			s.same("x", got.ID, want)
			s.must(s.DeleteConfiguration(s.Context(), "x"))
		}
	}},
	{"a taken name is a Conflict", func(s *subject) {
		s.must(s.CreateConfiguration(s.Context(), configuration("f1")))
		second := configuration("f2")
		second.Name = configuration("f1").Name
		s.refused("the second", s.CreateConfiguration(s.Context(), second), timbre.Conflict)
		s.must(s.DeleteConfiguration(s.Context(), "f1"))
		s.must(s.CreateConfiguration(s.Context(), second))
	}},
	{"a configuration is deleted by each of its identifiers", func(s *subject) {
		c := configuration("f1")
		for _, identifier := range []string{c.ID, c.Name, c.ARN} {
			s.must(s.CreateConfiguration(s.Context(), c))
			s.must(s.DeleteConfiguration(s.Context(), identifier))
			_, err := s.Configuration(s.Context(), c.ID)
			s.refused("deleted by "+identifier, err, timbre.NotFound)
		}
		s.refused("deleted again", s.DeleteConfiguration(s.Context(), c.ID), timbre.NotFound)
	}},
	{"a linked configuration cannot be deleted", func(s *subject) {
		ctx, c := s.Context(), configuration("f1")
		s.must(s.CreateConfiguration(ctx, c))
		s.must(s.CreateConfiguration(ctx, configuration("another")))
		unlink := map[string]func() error{
			"link replaced":     func() error { return s.PutStreaming(ctx, "c1", streaming(configuration("another").ARN)) },
			"link left out":     func() error { return s.PutStreaming(ctx, "c1", timbre.Streaming{}) },
			"streaming deleted": func() error { return s.DeleteStreaming(ctx, "c1") },
			"connector deleted": func() error { return s.DeleteConnector(ctx, "c1") },
		}
		for how, do := range unlink {
			if _, err := s.Connector(ctx, "c1"); err != nil {
				s.must(s.CreateConnector(ctx, connector("c1")))
			}
			s.must(s.PutStreaming(ctx, "c1", streaming(c.ARN))) // a link that is switched off is one, too
			s.refused("while linked", s.DeleteConfiguration(ctx, c.Name), timbre.Conflict)
			s.must(do())
			if err := s.DeleteConfiguration(ctx, c.Name); err != nil {
				s.Errorf("%s: got error %v", how, err)
			}
			s.must(s.CreateConfiguration(ctx, c))
		}
	}},
	{"a link always names an existing configuration, also under concurrent changes", func(s *subject) {
		ctx, c := s.Context(), configuration("f1")
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.refused("none", s.PutStreaming(ctx, "c1", streaming(c.ARN)), timbre.NotFound)
		s.must(s.CreateConfiguration(ctx, c))
		s.refused("by its name", s.PutStreaming(ctx, "c1", streaming(c.Name)), timbre.NotFound)
		for i, err := range s.together(func(i int) error {
			if i%2 == 0 {
				return s.DeleteConfiguration(ctx, c.ID)
			}
			return s.PutStreaming(ctx, "c1", streaming(c.ARN))
		}) {
			if kind := timbre.KindOf(err); err != nil && kind != timbre.NotFound && kind != timbre.Conflict {
				s.Errorf("%d: got error %v", i, err)
			}
		}
		_, configured := s.Configuration(ctx, c.ID)
		_, linked := s.Streaming(ctx, "c1")
		s.same("one of both is there", (configured == nil) == (linked == nil), true)
	}},
}
