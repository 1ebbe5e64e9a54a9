package httpsig

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// member is one of a dictionary (RFC 9651, 3.2).
type member[T any] struct {
	name  string
	value T
}

// parser reads the types of structured fields that signatures use, from the beginning of rest.
type parser struct{ rest string }

// dictionary parses a whole field whose members have values of one type.
func dictionary[T any](text string, value func(*parser) (T, error)) ([]member[T], error) {
	var all []member[T]
	for p := (&parser{text}); p.rest != ""; {
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		if !p.skip("=") {
			return nil, errors.New("a member has no value")
		}
		v, err := value(p)
		switch {
		case err != nil:
			return nil, err
		case slices.ContainsFunc(all, func(m member[T]) bool { return m.name == name }):
			return nil, fmt.Errorf("there are two members %.32q", name)
		case len(all) == maxSignatures:
			return nil, fmt.Errorf("there are more than %d members", maxSignatures)
		}
		all = append(all, member[T]{name, v})
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// next passes the comma before the next member of a dictionary, unless the field ends.
func (p *parser) next() error {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.rest == "" {
		return nil
	}
	if !p.skip(",") {
		return errors.New("a comma is missing between members")
	}
	if p.rest = strings.TrimLeft(p.rest, " \t"); p.rest == "" {
		return errors.New("the field ends with a comma")
	}
	return nil
}

// skip passes a text, if it is there.
func (p *parser) skip(text string) (there bool) {
	p.rest, there = strings.CutPrefix(p.rest, text)
	return there
}

// take passes the longest beginning that has only characters of a kind, and returns it.
func (p *parser) take(kind func(rune) bool) string {
	end := strings.IndexFunc(p.rest, func(r rune) bool { return !kind(r) })
	if end < 0 {
		end = len(p.rest)
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	return text
}

// name reads the name of a member or of a parameter.
func (p *parser) name() (string, error) {
	text := p.take(func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.' || r == '*'
	})
	if text == "" || text[0] != '*' && (text[0] < 'a' || text[0] > 'z') {
		return "", errors.New("a name is expected")
	}
	return text, nil
}

// input reads an inner list of texts with parameters.
func (p *parser) input() (in input, err error) {
	whole := p.rest
	if !p.skip("(") {
		return in, errors.New("a list of components is expected")
	}
	for !p.skip(")") {
		if len(in.components) > 0 && !p.skip(" ") {
			return in, errors.New("components must be texts without parameters, with one space between")
		}
		name, err := p.text()
		if err != nil {
			return in, err
		}
		in.components = append(in.components, name)
	}
	in.parameters = map[string]any{}
	for p.skip(";") {
		if err := p.parameter(in.parameters); err != nil {
			return in, err
		}
	}
	in.text = whole[:len(whole)-len(p.rest)]
	return in, nil
}

// parameter reads one, after its semicolon.
func (p *parser) parameter(into map[string]any) error {
	name, err := p.name()
	if err != nil {
		return err
	}
	if _, twice := into[name]; twice {
		return fmt.Errorf("there are two parameters %.32q", name)
	}
	switch {
	case !p.skip("="):
		into[name] = true
	case strings.HasPrefix(p.rest, `"`):
		into[name], err = p.text()
	default:
		into[name], err = strconv.ParseInt(p.take(func(r rune) bool { return r >= '0' && r <= '9' }), 10, 50) // at most 15 digits
	}
	return err
}

// text reads a quoted text.
func (p *parser) text() (string, error) {
	if !p.skip(`"`) {
		return "", errors.New("a quoted text is expected")
	}
	var text []byte
	for i := 0; i < len(p.rest); i++ {
		c := p.rest[i]
		switch {
		case c == '"':
			p.rest = p.rest[i+1:]
			return string(text), nil
		case c < ' ' || c > '~':
			return "", errors.New("a text has other characters than ASCII's")
		case c == '\\':
			if i++; i == len(p.rest) || p.rest[i] != '"' && p.rest[i] != '\\' {
				return "", errors.New("a backslash escapes neither a quote nor a backslash")
			}
			c = p.rest[i]
		}
		text = append(text, c)
	}
	return "", errors.New("a text does not end")
}

// bytes reads a byte sequence.
func (p *parser) bytes() ([]byte, error) {
	if !p.skip(":") {
		return nil, errors.New("bytes in base64 between colons are expected")
	}
	text := p.take(func(r rune) bool { return r != ':' })
	if !p.skip(":") {
		return nil, errors.New("the bytes do not end")
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the bytes are not base64")
	}
	return decoded, nil
}
