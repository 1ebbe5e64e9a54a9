package conformance

import (
	"strings"

	"timbre/api/rest"
)

// candidates are values that patterns of the models take; the first that fits is the sample.
var candidates = []string{
	"sample", "abcdefghijklmnopqrstu0", "00000000-0000-4000-8000-000000000000", "+12065550100", "arn:aws:chime:us-east-1:000000000000:vc/abcdefghijklmnopqrstu0",
	"US", "206", "WA", "98101", "Seattle", "12065550100", "0", "5", "true", "true,false", "s3://sample/key", "https://example.com/hook", "192.0.2.0/27", "2026-01-01",
	"amzn1.application-oa2-client.00000000000000000000000000000000", "arn:aws:iam::000000000000:role/sample", "arn:aws:kms:us-east-1:000000000000:key/sample",
	"arn:aws:lambda:us-east-1:000000000000:function:sample", "arn:aws:s3:::sample", "PII", "en-US", "911", "+1",
}

// sampleOf is a value that breaks no rule of its shape; optional members are left out.
func sampleOf(s *rest.Shape) any {
	switch s.Kind {
	case rest.Boolean:
		return false
	case rest.Integer:
		if s.Min != nil {
			return *s.Min
		}
		return 1
	case rest.Timestamp:
		return "2026-01-01T00:00:00Z"
	case rest.List:
		n := 1
		if s.Min != nil {
			n = max(n, *s.Min)
		}
		list := make([]any, n)
		for i := range list {
			list[i] = sampleOf(s.Item)
		}
		return list
	case rest.Map:
		return map[string]any{sampleText(s.Key): sampleOf(s.Item)}
	case rest.Structure:
		v := map[string]any{}
		for _, m := range s.Members {
			if m.Required {
				v[m.Wire] = sampleOf(m.Shape)
			}
		}
		return v
	}
	return sampleText(s)
}

func sampleText(s *rest.Shape) string {
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	for _, c := range candidates {
		if (s.Min == nil || len(c) >= *s.Min) && (s.Max == nil || len(c) <= *s.Max) && (s.Pattern == nil || s.Pattern.Matches(c)) {
			return c
		}
	}
	return candidates[0]
}

// breach is a value that breaks one rule; nil leaves the member out.
type breach struct {
	rule  string
	value any
}

// breaches are the ways to break the rules of a member.
func breaches(m rest.Member) (all []breach) {
	if m.Place == rest.Path {
		return pathBreaches(m.Shape)
	}
	if m.Required {
		all = append(all, breach{"left out", nil})
	}
	s := m.Shape
	if m.Place == rest.Body {
		all = append(all, breach{"of another kind", wrongKind(s)})
	}
	switch s.Kind {
	case rest.String:
		if len(s.Enum) > 0 {
			return append(all, breach{"not in its enumeration", "Nonesuch"})
		}
		return append(all, textBreaches(s)...)
	case rest.Integer:
		if s.Min != nil {
			all = append(all, breach{"too small", *s.Min - 1})
		}
		if s.Max != nil {
			all = append(all, breach{"too great", *s.Max + 1})
		}
	case rest.List:
		if s.Max != nil && *s.Max <= 1000 {
			all = append(all, breach{"too long", repeat(sampleOf(s.Item), *s.Max+1)})
		}
		if s.Min != nil && *s.Min > 0 {
			all = append(all, breach{"too short", []any{}})
		}
	}
	return all
}

// pathBreaches keeps the path one that routes: never empty.
func pathBreaches(s *rest.Shape) []breach {
	if s.Pattern != nil && !s.Pattern.Matches("<bent>") {
		return []breach{{"against its pattern", "<bent>"}}
	}
	return nil
}

func textBreaches(s *rest.Shape) (all []breach) {
	if s.Max != nil && *s.Max <= 5000 {
		all = append(all, breach{"too long", strings.Repeat("a", *s.Max+1)})
	}
	for _, text := range []string{"<bent>", " ", "\n", "é€"} {
		if s.Pattern != nil && !s.Pattern.Matches(text) {
			return append(all, breach{"against its pattern", text})
		}
	}
	return all
}

func wrongKind(s *rest.Shape) any {
	if s.Kind == rest.String || s.Kind == rest.Timestamp {
		return []any{}
	}
	return "text"
}

func repeat(v any, n int) []any {
	list := make([]any, n)
	for i := range list {
		list[i] = v
	}
	return list
}
