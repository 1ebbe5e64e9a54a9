package storetest

import "timbre"

var tagging = []fact{
	{"the tags of an ARN are those of the value it names", func(s *subject) {
		ctx := s.Context()
		c, g, d := connector("c1"), configuration("g1"), domain("d1")
		s.must(s.CreateConnector(ctx, c))
		s.must(s.CreateConfiguration(ctx, g))
		s.must(s.CreateDomain(ctx, d))
		for arn, want := range map[string]map[string]string{c.ARN: c.Tags, g.ARN: g.Tags, d.ARN: d.Tags} {
			got, err := s.TagsOf(ctx, arn)
			s.must(err)
			s.same(arn, got, want)
			s.must(s.UpdateTags(ctx, arn, func(tags map[string]string) error {
				clear(tags)
				tags["new"] = "<é>"
				return nil
			}))
		}
		s.reopen()
		c.Tags, g.Tags, d.Tags = map[string]string{"new": "<é>"}, map[string]string{"new": "<é>"}, map[string]string{"new": "<é>"}
		gotC, err := s.Connector(ctx, "c1")
		s.must(err)
		s.same("connector", gotC, c)
		gotG, err := s.Configuration(ctx, "g1")
		s.must(err)
		s.same("configuration", gotG, g)
		gotD, err := s.Domain(ctx, "d1")
		s.must(err)
		s.same("domain", gotD, d)
	}},
	{"tagging a resource changes no other", func(s *subject) {
		ctx, arn := s.Context(), "arn:aws:chime:us-east-1:000000000000:sma/1"
		for _, r := range []timbre.Resource{{Kind: "application", ID: "1", ARN: arn, Created: dawn()}, {Kind: "other", ID: "1", Created: dawn()}} {
			s.must(s.CreateResource(ctx, r))
		}
		s.must(s.UpdateTags(ctx, arn, func(tags map[string]string) error { tags["a"] = "b"; return nil }))
		got, err := s.Resource(ctx, "application", "1")
		s.must(err)
		s.same("tagged", got, timbre.Resource{Kind: "application", ID: "1", ARN: arn, Created: dawn(), Tags: map[string]string{"a": "b"}})
		got, err = s.Resource(ctx, "other", "1")
		s.must(err)
		s.same("of the same id", got, timbre.Resource{Kind: "other", ID: "1", Created: dawn()})
	}},
	{"a value without tags can be tagged", func(s *subject) {
		ctx, c := s.Context(), connector("c1")
		c.Tags = nil
		s.must(s.CreateConnector(ctx, c))
		got, err := s.TagsOf(ctx, c.ARN)
		s.must(err)
		s.same("none", len(got), 0)
		s.must(s.UpdateTags(ctx, c.ARN, func(tags map[string]string) error { tags["a"] = ""; return nil }))
		got, err = s.TagsOf(ctx, c.ARN)
		s.must(err)
		s.same("one", got, map[string]string{"a": ""})
	}},
	{"a refused change is not written", func(s *subject) {
		ctx, c, no := s.Context(), connector("c1"), timbre.Errorf(timbre.Limit, "", "too many")
		s.must(s.CreateConnector(ctx, c))
		err := s.UpdateTags(ctx, c.ARN, func(tags map[string]string) error { clear(tags); return no })
		s.refused("refused", err, timbre.Limit)
		got, err := s.TagsOf(ctx, c.ARN)
		s.must(err)
		s.same("tags", got, c.Tags)
	}},
	{"an unknown ARN is NotFound, also of a deleted value", func(s *subject) {
		ctx, c := s.Context(), connector("c1")
		_, err := s.TagsOf(ctx, c.ARN)
		s.refused("TagsOf", err, timbre.NotFound)
		s.must(s.CreateConnector(ctx, c))
		s.must(s.DeleteConnector(ctx, "c1"))
		s.refused("UpdateTags", s.UpdateTags(ctx, c.ARN, func(map[string]string) error { return nil }), timbre.NotFound)
	}},
}
