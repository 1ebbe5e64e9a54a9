package storetest

import (
	"time"

	"timbre"
)

var connectors = []fact{
	{"a connector is returned as stored", func(s *subject) {
		c := connector("c1")
		s.must(s.CreateConnector(s.Context(), c))
		got, err := s.Connector(s.Context(), "c1")
		s.must(err)
		s.same("connector", got, c)
	}},
	{"times are returned in UTC, absent fields absent", func(s *subject) {
		c := timbre.Connector{ID: "c1", Created: dawn().In(time.FixedZone("east", 3600)), Tags: map[string]string{}}
		s.must(s.CreateConnector(s.Context(), c))
		got, err := s.Connector(s.Context(), "c1")
		s.must(err)
		s.same("connector", got, timbre.Connector{ID: "c1", Created: dawn(), Tags: map[string]string{}})
	}},
	{"a second connector with an id is a Conflict", func(s *subject) {
		s.must(s.CreateConnector(s.Context(), connector("c1")))
		other := connector("c1")
		other.Name = "other"
		s.refused("the second", s.CreateConnector(s.Context(), other), timbre.Conflict)
		got, err := s.Connector(s.Context(), "c1")
		s.must(err)
		s.same("the first", got, connector("c1"))
	}},
	{"what does not exist is NotFound", func(s *subject) {
		ctx := s.Context()
		_, err := s.Connector(ctx, "none")
		s.refused("Connector", err, timbre.NotFound)
		s.refused("DeleteConnector", s.DeleteConnector(ctx, "none"), timbre.NotFound)
		s.refused("PutStreaming", s.PutStreaming(ctx, "none", streaming("a")), timbre.NotFound)
		s.refused("PutTermination", s.PutTermination(ctx, "none", termination()), timbre.NotFound)
		s.must(s.CreateConnector(ctx, connector("c1")))
		_, err = s.Streaming(ctx, "c1")
		s.refused("Streaming", err, timbre.NotFound)
		_, err = s.Termination(ctx, "c1")
		s.refused("Termination", err, timbre.NotFound)
		s.refused("DeleteStreaming", s.DeleteStreaming(ctx, "c1"), timbre.NotFound)
		s.refused("DeleteTermination", s.DeleteTermination(ctx, "c1"), timbre.NotFound)
	}},
	{"settings are put, replaced and deleted", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.CreateConnector(ctx, connector("c2")))
		s.must(s.CreateConfiguration(ctx, configuration("f1")))
		for _, v := range []timbre.Streaming{streaming(configuration("f1").ARN), {RetentionHours: 1}, {}, {Targets: []string{}}} {
			s.must(s.PutStreaming(ctx, "c1", v))
			got, err := s.Streaming(ctx, "c1")
			s.must(err)
			s.same("streaming", got, v)
		}
		for _, v := range []timbre.Termination{termination(), {CPSLimit: 1}, {}} {
			s.must(s.PutTermination(ctx, "c1", v))
			got, err := s.Termination(ctx, "c1")
			s.must(err)
			s.same("termination", got, v)
		}
		_, err := s.Streaming(ctx, "c2")
		s.refused("of another connector", err, timbre.NotFound)
		s.must(s.DeleteStreaming(ctx, "c1"))
		s.must(s.DeleteTermination(ctx, "c1"))
		_, err = s.Streaming(ctx, "c1")
		s.refused("deleted", err, timbre.NotFound)
		_, err = s.Termination(ctx, "c1")
		s.refused("deleted", err, timbre.NotFound)
	}},
	{"a connector with live calls cannot be deleted", func(s *subject) {
		ctx := s.Context()
		for _, id := range []string{"c1", "c2"} {
			s.must(s.CreateConnector(ctx, connector(id)))
		}
		live := timbre.Call{TransactionID: "x", ConnectorID: "c1", Started: dawn()}
		s.must(s.SaveCall(ctx, live, nil))
		s.refused("while it lasts", s.DeleteConnector(ctx, "c1"), timbre.Conflict)
		s.must(s.DeleteConnector(ctx, "c2"))
		live.Ended = dawn()
		s.must(s.SaveCall(ctx, live, nil))
		s.must(s.DeleteConnector(ctx, "c1"))
	}},
	{"deleting a connector deletes its settings", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.PutStreaming(ctx, "c1", timbre.Streaming{}))
		s.must(s.PutTermination(ctx, "c1", termination()))
		s.must(s.DeleteConnector(ctx, "c1"))
		_, err := s.Connector(ctx, "c1")
		s.refused("deleted", err, timbre.NotFound)
		s.must(s.CreateConnector(ctx, connector("c1")))
		_, err = s.Streaming(ctx, "c1")
		s.refused("streaming of the one before", err, timbre.NotFound)
		_, err = s.Termination(ctx, "c1")
		s.refused("termination of the one before", err, timbre.NotFound)
	}},
}
