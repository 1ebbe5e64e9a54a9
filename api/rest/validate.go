package rest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"timbre"
)

// maxProblems is how many broken rules one answer names.
const maxProblems = 10

// checker holds values against their shapes and collects the rules that they break. It never repeats a value: values may
// be personal.
type checker struct{ problems []string }

// Invalid is the refusal of a value for a rule that the models do not know, in the words of those that they do know.
// At is where the value stands, such as termination.cidrAllowedList.1.member.
func Invalid(at, rule string, args ...any) error {
	c := checker{}
	c.breaks(at, rule, args...)
	return c.err()
}

// Missing is the refusal of a request for a member that it leaves out.
func Missing(at string) error { return (&checker{problems: []string{missing(at)}}).err() }

func missing(at string) string {
	return fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", at)
}

func (c *checker) breaks(at, rule string, args ...any) {
	c.problems = append(c.problems,
		fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", at, fmt.Sprintf(rule, args...)))
}

func (c *checker) err() error {
	n := len(c.problems)
	if n == 0 {
		return nil
	}
	errors := "errors"
	if n == 1 {
		errors = "error"
	}
	return timbre.Errorf(timbre.Invalid, "", "%d validation %s detected: %s",
		n, errors, strings.Join(c.problems[:min(n, maxProblems)], "; "))
}

// structure checks the members of a structure and gives back those that the shape knows and that are there.
func (c *checker) structure(s *Shape, in map[string]any, at string) map[string]any {
	out := make(map[string]any, len(in))
	for _, m := range s.Members {
		v := in[m.Wire]
		if v == nil {
			if m.Required {
				c.problems = append(c.problems, missing(at+lowerFirst(m.Name)))
			}
			continue
		}
		out[m.Wire] = c.value(m.Shape, v, at+lowerFirst(m.Name))
	}
	return out
}

// value checks one value that is not null.
func (c *checker) value(s *Shape, v any, at string) any {
	switch v := v.(type) {
	case string:
		if s.Kind == String {
			c.text(s, v, at)
			return v
		}
		if _, err := time.Parse(time.RFC3339Nano, v); s.Kind == Timestamp && err == nil {
			return v
		}
	case number:
		if s.Kind == Integer {
			c.integer(s, v, at)
			return v
		}
		if s.Kind == Timestamp {
			return v
		}
	case bool:
		if s.Kind == Boolean {
			return v
		}
	case []any:
		if s.Kind == List {
			return c.list(s, v, at)
		}
	case map[string]any:
		if s.Kind == Structure {
			return c.structure(s, v, at+".")
		}
		if s.Kind == Map {
			return c.mapping(s, v, at)
		}
	}
	c.breaks(at, "be %s", [...]string{"a string", "a boolean", "an integer", "a timestamp", "a list", "a map", "a structure"}[s.Kind])
	return nil
}

func (c *checker) text(s *Shape, v, at string) {
	c.bounds(s, utf8.RuneCountInString(v), at, "have length")
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		c.breaks(at, "satisfy enum value set: [%s]", strings.Join(s.Enum, ", "))
	}
	if s.Pattern != nil && !s.Pattern.Matches(v) {
		c.breaks(at, "satisfy regular expression pattern: %s", s.Pattern.Text)
	}
}

func (c *checker) integer(s *Shape, v number, at string) {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || n < math.MinInt32 || n > math.MaxInt32 {
		c.breaks(at, "be an integer of 32 bits")
		return
	}
	c.bounds(s, int(n), at, "have value")
}

func (c *checker) list(s *Shape, v []any, at string) any {
	c.bounds(s, len(v), at, "have length")
	out := make([]any, 0, len(v))
	for i, item := range v {
		where := at + "." + strconv.Itoa(i+1) + ".member"
		if item == nil {
			c.problems = append(c.problems, missing(where))
			continue
		}
		out = append(out, c.value(s.Item, item, where))
	}
	return out
}

func (c *checker) mapping(s *Shape, v map[string]any, at string) any {
	c.bounds(s, len(v), at, "have length")
	out := make(map[string]any, len(v))
	for key, item := range v {
		c.text(s.Key, key, at+".key")
		if item != nil {
			out[key] = c.value(s.Item, item, at+".value")
		}
	}
	return out
}

func (c *checker) bounds(s *Shape, n int, at, what string) {
	if s.Min != nil && n < *s.Min {
		c.breaks(at, "%s greater than or equal to %d", what, *s.Min)
	}
	if s.Max != nil && n > *s.Max {
		c.breaks(at, "%s less than or equal to %d", what, *s.Max)
	}
}

// lowerFirst writes a member's name as AWS's messages do.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
