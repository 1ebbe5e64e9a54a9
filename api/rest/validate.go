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

// maxViolations is how many violations one response lists.
const maxViolations = 10

// checker validates values against their shapes and collects the violations. It never quotes a value, which may be personal.
type checker struct{ violations []string }

// Invalid refuses a value for a constraint that the models do not have, in the format of those that they have. At is the
// position of the value, such as termination.cidrAllowedList.1.member.
func Invalid(at, rule string, args ...any) error {
	c := checker{}
	c.violation(at, rule, args...)
	return c.err()
}

// Missing refuses a request that omits a required member.
func Missing(at string) error { return (&checker{violations: []string{missing(at)}}).err() }

func missing(at string) string {
	return fmt.Sprintf("Value null at '%s' failed to satisfy constraint: Member must not be null", at)
}

func (c *checker) violation(at, rule string, args ...any) {
	c.violations = append(c.violations,
		fmt.Sprintf("Value at '%s' failed to satisfy constraint: Member must %s", at, fmt.Sprintf(rule, args...)))
}

func (c *checker) err() error {
	n := len(c.violations)
	if n == 0 {
		return nil
	}
	errors := "errors"
	if n == 1 {
		errors = "error"
	}
	return timbre.Errorf(timbre.Invalid, "", "%d validation %s detected: %s",
		n, errors, strings.Join(c.violations[:min(n, maxViolations)], "; "))
}

// structure checks the members of a structure and returns those that are present and known to the shape.
func (c *checker) structure(s *Shape, in map[string]any, at string) map[string]any {
	out := make(map[string]any, len(in))
	for _, m := range s.Members {
		v := in[m.Wire]
		if v == nil {
			if m.Required {
				c.violations = append(c.violations, missing(at+lowerFirst(m.Name)))
			}
			continue
		}
		out[m.Wire] = c.value(m.Shape, v, at+lowerFirst(m.Name))
	}
	return out
}

// value checks one value that is not null, and returns it with what the shape does not know left out.
func (c *checker) value(s *Shape, v any, at string) any {
	switch v := v.(type) {
	case string:
		if s.Kind == String {
			c.text(s, v, at)
			return v
		}
	case number:
		if s.Kind == Integer {
			c.integer(s, v, at)
			return v
		}
	case []any:
		if s.Kind == List {
			return c.list(s, v, at)
		}
	case map[string]any:
		switch s.Kind {
		case Structure:
			return c.structure(s, v, at+".")
		case Map:
			return c.mapping(s, v, at)
		}
	}
	if !unconstrained(s.Kind, v) {
		c.violation(at, "be %s", [...]string{"a string", "a boolean", "an integer", "a timestamp", "a list", "a map", "a structure"}[s.Kind])
		return nil
	}
	return v
}

// unconstrained reports whether v is a valid value of a kind that has no further constraints.
func unconstrained(k Kind, v any) bool {
	switch v := v.(type) {
	case bool:
		return k == Boolean
	case number:
		return k == Timestamp
	case string:
		_, err := time.Parse(time.RFC3339Nano, v)
		return k == Timestamp && err == nil
	}
	return false
}

func (c *checker) text(s *Shape, v, at string) {
	c.bounds(s, utf8.RuneCountInString(v), at, "have length")
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		c.violation(at, "satisfy enum value set: [%s]", strings.Join(s.Enum, ", "))
	}
	if s.Pattern != nil && !s.Pattern.Matches(v) {
		c.violation(at, "satisfy regular expression pattern: %s", s.Pattern.Text)
	}
}

func (c *checker) integer(s *Shape, v number, at string) {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || n < math.MinInt32 || n > math.MaxInt32 {
		c.violation(at, "be an integer of 32 bits")
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
			c.violations = append(c.violations, missing(where))
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
		c.violation(at, "%s greater than or equal to %d", what, *s.Min)
	}
	if s.Max != nil && n > *s.Max {
		c.violation(at, "%s less than or equal to %d", what, *s.Max)
	}
}

// lowerFirst spells the name of a member as AWS's messages do.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
