package rest

import (
	"regexp"
	"slices"
)

// Service is an AWS service, as its published model describes it.
type Service struct {
	Name       string // such as chime-sdk-voice
	Operations []*Operation
}

// Operation is an operation of a service.
type Operation struct {
	Name    string
	Method  string
	Path    string   // with {labels}, such as /voice-connectors/{voiceConnectorId}
	Query   Pair     // the query literal that belongs to the route; empty for most
	Status  int      // of a success
	Answers bool     // a success has a body
	Input   *Shape   // always a Structure
	Errors  []string // the declared exceptions
}

// Pair is a query parameter and its value.
type Pair struct{ Key, Value string }

// Kind is the JSON type of a value.
type Kind uint8

// The kinds. A Timestamp is a number of seconds or an ISO 8601 string.
const (
	String Kind = iota
	Boolean
	Integer
	Timestamp
	List
	Map
	Structure
)

// Shape is the type of a value and its constraints. Min and Max bound the length of a String in characters, the value of an Integer, and
// the number of items of a List or Map; nil is no bound.
type Shape struct {
	Kind     Kind
	Min, Max *int
	Pattern  *Pattern
	Enum     []string
	Item     *Shape   // of a List, and the values of a Map
	Key      *Shape   // the keys of a Map
	Members  []Member // of a Structure
}

// Member is a member of a Structure.
type Member struct {
	Name     string // in the model and in the SDK's Go structures
	Wire     string // in the path, the query or JSON
	Place    Place
	Required bool
	Shape    *Shape
}

// Place is where a member is sent.
type Place uint8

// The places. Nested members are always in the body.
const (
	Body Place = iota
	Path
	Query
)

// Pattern is a regular expression that must match a whole String.
type Pattern struct {
	Text   string // as the model has it
	match  *regexp.Regexp
	except *regexp.Regexp // an exception that must not match; nil for most
}

// whole compiles a pattern of the model so that it matches the whole string, whatever its own anchors.
func whole(text string) *Pattern {
	return &Pattern{Text: text, match: regexp.MustCompile(`\A(?:` + text + `)\z`)}
}

// wholeExcept emulates a negative look-ahead, which Go's regular expressions lack.
func wholeExcept(text, match, except string) *Pattern {
	p := whole(match)
	p.Text, p.except = text, regexp.MustCompile(`\A(?:`+except+`)`)
	return p
}

// Matches reports whether the pattern matches all of s.
func (p *Pattern) Matches(s string) bool {
	return p.match.MatchString(s) && (p.except == nil || !p.except.MatchString(s))
}

// Operation returns the operation with a name, or nil.
func (s *Service) Operation(name string) *Operation {
	for _, o := range s.Operations {
		if o.Name == name {
			return o
		}
	}
	return nil
}

// Declares reports whether the operation declares an exception. SDKs have types for declared exceptions only.
func (o *Operation) Declares(exception string) bool {
	return slices.Contains(o.Errors, exception)
}
