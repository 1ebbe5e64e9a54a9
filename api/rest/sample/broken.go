package sample

import (
	"maps"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf8"

	"timbre/api/rest"
)

// Broken is a request that violates a constraint of one value.
type Broken struct {
	Request
	At   string // position of the value, as in messages
	Rule string // how the constraint is violated
}

// Broken calls yield with requests that violate one constraint each, until yield returns false. The request must have all members.
func (r *Request) Broken(x *rand.Rand, op *rest.Operation, yield func(Broken) bool) {
	for _, m := range op.Input.Members {
		at := strings.ToLower(m.Name[:1]) + m.Name[1:]
		was := r.value(m)
		for _, b := range violations(x, m.Shape, was, at, m.Required && m.Place != rest.Path) {
			if m.Place != rest.Body && !travels(m, b.bad) {
				continue
			}
			changed := Request{maps.Clone(r.Labels), maps.Clone(r.Query), maps.Clone(r.Body)}
			changed.set(m, b.bad)
			if !yield(Broken{changed, b.at, b.rule}) {
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

// travels reports whether an invalid value can be sent in a path or query, which have no types and no empty labels.
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

// violation is a value that is invalid in one position.
type violation struct {
	bad      any
	at, rule string
}

// violations returns the ways to violate the constraints of a shape, and of all shapes within.
func violations(x *rand.Rand, s *rest.Shape, v any, at string, required bool) (all []violation) {
	add := func(rule string, bad any) { all = append(all, violation{bad, at, rule}) }
	if required {
		add("missing", nil)
	}
	switch s.Kind {
	case rest.String:
		add("wrong type", 1)
		texts(s, add)
	case rest.Integer:
		add("wrong type", "x")
		if s.Min != nil {
			add("too small", *s.Min-1)
		}
		if s.Max != nil {
			add("too large", *s.Max+1)
		}
	case rest.Boolean:
		add("wrong type", "x")
	case rest.Timestamp:
		add("wrong type", true)
	case rest.List:
		add("wrong type", "x")
		all = append(all, lists(x, s, v, at)...)
	case rest.Map:
		add("wrong type", "x")
	case rest.Structure:
		add("wrong type", "x")
		members, _ := v.(map[string]any)
		for _, m := range s.Members {
			for _, b := range violations(x, m.Shape, members[m.Wire], at+"."+strings.ToLower(m.Name[:1])+m.Name[1:], m.Required) {
				changed := maps.Clone(members)
				changed[m.Wire] = b.bad
				all = append(all, violation{changed, b.at, b.rule})
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
		add("not in the enum", "no such value")
	}
	for _, odd := range []string{"\x01", "\n", "!\"§", " ", "a b"} {
		if s.Pattern != nil && !s.Pattern.Matches(odd) && utf8.ValidString(odd) {
			add("pattern violated", odd)
		}
	}
}

func lists(x *rand.Rand, s *rest.Shape, v any, at string) (all []violation) {
	list, _ := v.([]any)
	if s.Min != nil && *s.Min > 0 {
		all = append(all, violation{list[:*s.Min-1], at, "too few"})
	}
	if s.Max != nil && *s.Max <= 200 {
		var many []any
		for range *s.Max + 1 {
			many = append(many, value(x, s.Item, 0))
		}
		all = append(all, violation{many, at, "too many"})
	}
	for i := range min(len(list), 1) {
		for _, b := range violations(x, s.Item, list[i], at+"."+strconv.Itoa(i+1)+".member", true) {
			changed := append([]any{}, list...)
			changed[i] = b.bad
			all = append(all, violation{changed, b.at, b.rule})
		}
	}
	return all
}
