package sample

import (
	"fmt"
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"timbre/api/rest"
)

// some is how much a value may exceed its minimum length.
const some = 12

// value generates a valid value of a shape.
func value(x *rand.Rand, s *rest.Shape, most float64) any {
	switch s.Kind {
	case rest.Boolean:
		return x.IntN(2) == 0
	case rest.Integer:
		least, greatest := bounds(s, 1000)
		return least + x.IntN(greatest-least+1)
	case rest.Timestamp:
		return []any{"2026-11-25T09:30:00.123Z", 1764063000}[x.IntN(2)]
	case rest.List:
		list := []any{}
		for range length(x, s, 2) {
			list = append(list, value(x, s.Item, most))
		}
		return list
	case rest.Map:
		m := map[string]any{}
		for n := length(x, s, 2); len(m) < n; {
			m[text(x, s.Key)] = value(x, s.Item, most)
		}
		return m
	case rest.Structure:
		m := map[string]any{}
		for _, member := range s.Members {
			if member.Required || x.Float64() < most {
				m[member.Wire] = value(x, member.Shape, most)
			}
		}
		return m
	}
	return text(x, s)
}

func bounds(s *rest.Shape, more int) (least, greatest int) {
	if s.Min != nil {
		least = *s.Min
	}
	greatest = least + more
	if s.Max != nil {
		greatest = min(greatest, *s.Max)
	}
	return least, greatest
}

func length(x *rand.Rand, s *rest.Shape, more int) int {
	least, greatest := bounds(s, more)
	return least + x.IntN(greatest-least+1)
}

// text generates a valid string of a shape, which is never empty. It panics if it finds none: then a constraint of the table cannot be met,
// or is too hard to meet at random.
func text(x *rand.Rand, s *rest.Shape) string {
	if len(s.Enum) > 0 {
		return s.Enum[x.IntN(len(s.Enum))]
	}
	least, greatest := bounds(s, some)
	for range 2000 {
		var t string
		if s.Pattern == nil {
			for range max(1, least+x.IntN(greatest-least+1)) {
				t += string([]rune("aB7 -_./:%é漢")[x.IntN(12)])
			}
		} else {
			t = like(x, s.Pattern.Text, 1+x.IntN(max(least, some)))
		}
		if n := utf8.RuneCountInString(t); n < max(1, least) || s.Max != nil && n > *s.Max {
			continue
		}
		if s.Pattern == nil || s.Pattern.Matches(t) {
			return t
		}
	}
	panic(fmt.Sprintf("sample: no text fits %+v", s))
}

// like generates a string for a regular expression. Repetitions exceed their minimum by at most more. It ignores look-aheads and what Go's
// syntax lacks, so the caller must check the result.
func like(x *rand.Rand, pattern string, more int) string {
	if rest, ok := strings.CutPrefix(pattern, "(?!"); ok {
		pattern = rest[strings.Index(rest, "))")+2:]
	}
	e, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		panic(err)
	}
	var b strings.Builder
	write(x, &b, e, more)
	return b.String()
}

func write(x *rand.Rand, b *strings.Builder, e *syntax.Regexp, more int) {
	times := func(least, most int) {
		if most < 0 || most > least+more {
			most = least + more
		}
		for range least + x.IntN(most-least+1) {
			write(x, b, e.Sub[0], more)
		}
	}
	switch e.Op {
	case syntax.OpLiteral:
		b.WriteString(string(e.Rune))
	case syntax.OpCharClass:
		b.WriteRune(within(x, e.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		b.WriteRune([]rune("aZ0 -/é")[x.IntN(7)])
	case syntax.OpConcat:
		for _, sub := range e.Sub {
			write(x, b, sub, more)
		}
	case syntax.OpAlternate:
		write(x, b, e.Sub[x.IntN(len(e.Sub))], more)
	case syntax.OpCapture:
		write(x, b, e.Sub[0], more)
	case syntax.OpStar:
		times(0, -1)
	case syntax.OpPlus:
		times(1, -1)
	case syntax.OpQuest:
		times(0, 1)
	case syntax.OpRepeat:
		times(e.Min, e.Max)
	}
}

// within picks a character of a class, printable ASCII if there is any.
func within(x *rand.Rand, pairs []rune) rune {
	var plain []rune
	for i := 0; i < len(pairs); i += 2 {
		for r := max(pairs[i], ' '); r <= min(pairs[i+1], '~'); r++ {
			plain = append(plain, r)
		}
	}
	if len(plain) == 0 {
		return slices.Min(pairs)
	}
	return plain[x.IntN(len(plain))]
}
