// Package plainyaml parses the part of YAML that people write by hand: keys, values and lists. Text comes in; a tree goes out, whose
// size is a small multiple of the text's. Anchors, aliases, merges and tags, which let a short text stand for a large document, are refused.
package plainyaml

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Depth is how deep brackets may be nested, and how many lists may begin on one line: the parser's cost grows with the square of it.
const Depth = 8

// Parse parses text. The caller bounds its size. An error is one line.
func Parse(text []byte) (file *ast.File, err error) {
	defer func() {
		if recover() != nil { // the library panics at some malformed text
			file, err = nil, errors.New("not YAML")
		}
	}()
	tokens := lexer.Tokenize(string(text))
	if err := check(tokens); err != nil {
		return nil, err
	}
	if file, err = parser.Parse(tokens, 0); err != nil {
		return nil, Fault(err)
	}
	return file, nil
}

// Decode reads the first document of a tree into a value; an unknown or repeated key is an error of the library, which Fault puts in words.
func Decode(file *ast.File, into any) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("not YAML with keys and values")
		}
	}()
	if len(file.Docs) == 0 || file.Docs[0].Body == nil {
		return nil
	}
	return yaml.NodeToValue(file.Docs[0].Body, into, yaml.Strict())
}

// Fault is an error of the library as one line that names the place.
func Fault(err error) error {
	if e := yaml.Error(nil); errors.As(err, &e) && e.GetToken() != nil && e.GetToken().Position != nil {
		return at(e.GetToken(), e.GetMessage())
	}
	return errors.New("not YAML with keys and values")
}

// refused are the tokens that are not plain.
var refused = map[token.Type]string{
	token.AnchorType: "an anchor", token.AliasType: "an alias", token.MergeKeyType: "a merge", token.TagType: "a tag",
}

func check(tokens token.Tokens) error {
	open, lists, line := 0, 0, 0
	for _, t := range tokens {
		if what := refused[t.Type]; what != "" {
			return at(t, what+" (&, *, <<, !) is not supported: write the value itself, or quote it")
		}
		if t.Position != nil && t.Position.Line != line {
			lists, line = 0, t.Position.Line
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			open++
		case token.SequenceEndType, token.MappingEndType:
			open--
		case token.SequenceEntryType, token.MappingKeyType:
			lists++
		}
		if max(open, lists) > Depth {
			return at(t, fmt.Sprintf("more than %d levels", Depth))
		}
	}
	return nil
}

func at(t *token.Token, what string) error {
	if t.Position == nil {
		return errors.New(what)
	}
	return fmt.Errorf("line %d: %s", t.Position.Line, what)
}
