package storetest

import (
	"encoding/json"
	"errors"
	"time"

	"timbre"
)

func sampleResource(id string, uses ...string) timbre.Resource {
	return timbre.Resource{
		Kind: "thing", ID: id, Name: "name of " + id, ARN: "arn:" + id, Uses: uses, Tags: map[string]string{"a": "b"},
		Document: json.RawMessage(`{"Deep":{"Flag":false,"Text":"☎ <&>"}}`), Created: dawn(), Updated: dawn().Add(time.Second),
	}
}

var resources = []fact{
	{"a resource is found by id and name, also after a restart", func(s *subject) {
		s.must(s.CreateConnector(s.Context(), connector("c1")))
		want := sampleResource("r1", "c1")
		want.Owner = "c1"
		s.must(s.CreateResource(s.Context(), want))
		for range 2 {
			for _, identifier := range []string{"r1", "name of r1"} {
				got, err := s.Resource(s.Context(), "thing", identifier)
				s.must(err)
				s.same(identifier, got, want)
			}
			s.reopen()
		}
	}},
	{"ids and names are unique within a kind", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateResource(ctx, sampleResource("r1")))
		s.refused("the id", s.CreateResource(ctx, timbre.Resource{Kind: "thing", ID: "r1"}), timbre.Conflict)
		s.refused("the name", s.CreateResource(ctx, timbre.Resource{Kind: "thing", ID: "r2", Name: "name of r1"}), timbre.Conflict)
		s.refused("the name put", s.PutResource(ctx, timbre.Resource{Kind: "thing", ID: "r2", Name: "name of r1"}), timbre.Conflict)
		s.must(s.CreateResource(ctx, timbre.Resource{Kind: "other", ID: "r1", Name: "name of r1"}))
		s.must(s.CreateResource(ctx, timbre.Resource{Kind: "thing", ID: "r3"}))
		s.must(s.CreateResource(ctx, timbre.Resource{Kind: "thing", ID: "r4"})) // no name is not a name
	}},
	{"what does not exist is NotFound", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateResource(ctx, sampleResource("r1")))
		_, err := s.Resource(ctx, "other", "r1")
		s.refused("Resource", err, timbre.NotFound)
		_, err = s.UpdateResource(ctx, "other", "r1", func(*timbre.Resource) error { return nil })
		s.refused("UpdateResource", err, timbre.NotFound)
		s.refused("DeleteResource", s.DeleteResource(ctx, "other", "r1"), timbre.NotFound)
		s.refused("used", s.CreateResource(ctx, sampleResource("r2", "none")), timbre.NotFound)
		s.refused("owner", s.PutResource(ctx, timbre.Resource{Kind: "thing", ID: "r2", Owner: "none"}), timbre.NotFound)
		_, err = s.Resource(ctx, "thing", "r2")
		s.refused("what was refused", err, timbre.NotFound)
	}},
	{"a put creates, then replaces, and keeps the creation time", func(s *subject) {
		ctx := s.Context()
		s.must(s.PutResource(ctx, sampleResource("r1")))
		next := timbre.Resource{Kind: "thing", ID: "r1", Document: json.RawMessage(`{}`), Created: dawn().Add(time.Hour), Updated: dawn().Add(time.Hour)}
		s.must(s.PutResource(ctx, next))
		got, err := s.Resource(ctx, "thing", "r1")
		s.must(err)
		next.Created = dawn()
		s.same("replaced", got, next)
		_, err = s.Resource(ctx, "thing", "name of r1")
		s.refused("the old name", err, timbre.NotFound)
	}},
	{"an update changes all but kind, id, name and creation; a refused one changes nothing", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateResource(ctx, sampleResource("r1")))
		s.must(s.CreateResource(ctx, sampleResource("r2")))
		want := sampleResource("r1", "r2")
		want.Document, want.Updated, want.Tags = json.RawMessage(`{"A":1}`), dawn().Add(time.Hour), nil
		got, err := s.UpdateResource(ctx, "thing", "name of r1", func(r *timbre.Resource) error {
			*r = want
			r.Kind, r.ID, r.Name, r.Created = "x", "x", "x", dawn().Add(time.Hour)
			return nil
		})
		s.must(err)
		s.same("given back", got, want)
		no := errors.New("no")
		_, err = s.UpdateResource(ctx, "thing", "r1", func(r *timbre.Resource) error {
			r.Document = nil
			return timbre.Errorf(timbre.Conflict, "change", "No: %w", no)
		})
		s.refused("the change", err, timbre.Conflict)
		got, err = s.Resource(ctx, "thing", "r1")
		s.must(err)
		s.same("kept", got, want)
		s.refused("used since the update", s.DeleteResource(ctx, "thing", "r2"), timbre.Conflict)
	}},
	{"a resource in use cannot be deleted", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.CreateResource(ctx, sampleResource("g1", "c1")))
		s.must(s.CreateResource(ctx, sampleResource("r1", "c1", "g1")))
		s.refused("the connector", s.DeleteConnector(ctx, "c1"), timbre.Conflict)
		s.refused("the resource", s.DeleteResource(ctx, "thing", "g1"), timbre.Conflict)
		_, err := s.UpdateResource(ctx, "thing", "r1", func(r *timbre.Resource) error { r.Uses = nil; return nil })
		s.must(err)
		s.must(s.DeleteResource(ctx, "thing", "name of g1"))
		s.must(s.DeleteConnector(ctx, "c1"))
	}},
	{"a resource with its owner's id is deleted alone", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.CreateResource(ctx, sampleResource("r1", "c1")))
		for _, kind := range []string{"one setting", "another setting"} {
			s.must(s.PutResource(ctx, timbre.Resource{Kind: kind, ID: "c1", Owner: "c1"}))
		}
		s.must(s.DeleteResource(ctx, "one setting", "c1"))
		_, err := s.Resource(ctx, "another setting", "c1")
		s.must(err)
		list, err := s.ListConnectors(ctx, timbre.Page{After: "c1"})
		s.must(err)
		s.same("connectors after it", len(list), 0)
	}},
	{"owned resources are deleted with their owner", func(s *subject) {
		ctx := s.Context()
		s.must(s.CreateConnector(ctx, connector("c1")))
		s.must(s.CreateResource(ctx, sampleResource("r1")))
		for _, owner := range []string{"c1", "r1"} {
			s.must(s.PutResource(ctx, timbre.Resource{Kind: "setting", ID: owner, Owner: owner}))
		}
		s.must(s.DeleteConnector(ctx, "c1"))
		s.must(s.DeleteResource(ctx, "thing", "r1"))
		for _, owner := range []string{"c1", "r1"} {
			_, err := s.Resource(ctx, "setting", owner)
			s.refused("the setting of "+owner, err, timbre.NotFound)
		}
	}},
}
