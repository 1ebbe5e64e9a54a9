package sample

import (
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"

	"timbre/api/rest"
)

// Broken is a request that breaks the rules for one value.
type Broken struct {
	Request
	At   string // where the value stands, as messages say it
	Rule string // what was done
}

// Broken calls yield with requests that break one rule each, until it gives false. The request must have all members.
func (r *Request) Broken(x *rand.Rand, op *rest.Operation, yield func(Broken) bool) {
	for _, m := range op.Input.Members {
		at := strings.ToLower(m.Name[:1]) + m.Name[1:]
		was := r.value(m)
		for _, b := range breaks(x, m.Shape, was, at, m.Required && m.Place != rest.Path) {
			if m.Place != rest.Body && !travels(m, b.bad) {
				continue
			}
			bent := Request{maps.Clone(r.Labels), maps.Clone(r.Query), maps.Clone(r.Body)}
			bent.set(m, b.bad)
			if !yield(Broken{bent, b.at, b.rule}) {
				return
			}
		}
	}
}

func (r *Request) value(m rest.Member) any {
	switch m.Place {
	case rest.Path:
		return r.Labels[m.Wire]
	case rest.Query:
		return r.Query.Get(m.Wire)
	}
	return r.Body[m.Wire]
}

// travels says whether a bad value can be said in a path or query: it has no types, and no label is empty.
func travels(m rest.Member, bad any) bool {
	s, text := bad.(string)
	switch {
	case text:
		return m.Place == rest.Query || s != ""
	case bad == nil:
		return m.Place == rest.Query
	}
	_, number := bad.(int)
	return number && m.Shape.Kind == rest.Integer
}

// bend is a value that is wrong in one place.
type bend struct {
	bad      any
	at, rule string
}

// breaks are the ways to break the rules of a shape, and of all that lies within a value of it.
func breaks(x *rand.Rand, s *rest.Shape, v any, at string, required bool) (all []bend) {
	add := func(rule string, bad any) { all = append(all, bend{bad, at, rule}) }
	if required {
		add("left out", nil)
	}
	switch s.Kind {
	case rest.String:
		add("of another type", 1)
		texts(s, add)
	case rest.Integer:
		add("of another type", "x")
		if s.Min != nil {
			add("too small", *s.Min-1)
		}
		if s.Max != nil {
			add("too great", *s.Max+1)
		}
	case rest.Boolean:
		add("of another type", "x")
	case rest.Timestamp:
		add("of another type", true)
	case rest.List:
		add("of another type", "x")
		all = append(all, lists(x, s, v, at)...)
	case rest.Map:
		add("of another type", "x")
	case rest.Structure:
		add("of another type", "x")
		members, _ := v.(map[string]any)
		for _, m := range s.Members {
			for _, b := range breaks(x, m.Shape, members[m.Wire], at+"."+strings.ToLower(m.Name[:1])+m.Name[1:], m.Required) {
				bent := maps.Clone(members)
				bent[m.Wire] = b.bad
				all = append(all, bend{bent, b.at, b.rule})
			}
		}
	}
	return all
}

func texts(s *rest.Shape, add func(string, any)) {
	if s.Min != nil && *s.Min > 0 {
		add("too short", strings.Repeat("a", *s.Min-1))
	}
	if s.Max != nil && *s.Max < 10_000 {
		add("too long", strings.Repeat("a", *s.Max+1))
	}
	if len(s.Enum) > 0 {
		add("none of the enum", "no such value")
	}
	for _, odd := range []string{"\x01", "\n", "!\"§", " ", "a b"} {
		if s.Pattern != nil && !s.Pattern.Matches(odd) && utf8.ValidString(odd) {
			add("against the pattern", odd)
		}
	}
}

func lists(x *rand.Rand, s *rest.Shape, v any, at string) (all []bend) {
	list, _ := v.([]any)
	if s.Min != nil && *s.Min > 0 {
		all = append(all, bend{list[:*s.Min-1], at, "too few"})
	}
	if s.Max != nil && *s.Max <= 200 {
		var many []any
		for range *s.Max + 1 {
			many = append(many, value(x, s.Item, 0))
		}
		all = append(all, bend{many, at, "too many"})
	}
	for i := range min(len(list), 1) {
		for _, b := range breaks(x, s.Item, list[i], at+"."+strconv.Itoa(i+1)+".member", true) {
			bent := append([]any{}, list...)
			bent[i] = b.bad
			all = append(all, bend{bent, b.at, b.rule})
		}
	}
	return all
}
