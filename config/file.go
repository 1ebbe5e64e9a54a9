package config

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"timbre"
	"timbre/plainyaml"
)

// fileSize is the maximum size of a settings file, in bytes.
const fileSize = 1 << 20

// given is a value of a file, as a flag takes it, and where it stands.
type given struct {
	value string
	line  int
}

// readFile reads a YAML file of settings.
func readFile(path string) (map[string]given, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the settings: %w", err)
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, fileSize+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read the settings: %w", err)
	case len(text) > fileSize:
		return nil, fmt.Errorf("%s is larger than 1 MiB, the limit of a settings file", path)
	}
	values, err := parseFile(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

// parseFile keeps the values as written, so that 000000000000 stays an account.
func parseFile(text []byte) (map[string]given, error) {
	file, err := plainyaml.Parse(text)
	if err != nil {
		return nil, err
	}
	t := tree{keys: Keys(), values: map[string]given{}}
	for _, doc := range file.Docs {
		if err := t.walk("", doc.Body); err != nil {
			return nil, err
		}
	}
	return t.values, nil
}

// tree is a file being read; its keys are dotted, nested, or both.
type tree struct {
	keys   []string
	values map[string]given
}

func (t *tree) walk(above string, n ast.Node) error {
	if empty(n) {
		return nil
	}
	pairs, ok := pairsOf(n)
	if !ok {
		return fmt.Errorf("line %d: %s", line(n), "want keys and values")
	}
	for _, p := range pairs {
		name, ok := scalar(p.Key)
		if !ok {
			return fmt.Errorf("line %d: the key is not a scalar", line(p))
		}
		if err := t.take(strings.TrimPrefix(above+"."+name, "."), p); err != nil {
			return err
		}
	}
	return nil
}

func (t *tree) take(key string, p *ast.MappingValueNode) error {
	for _, k := range t.keys {
		if k == key {
			return t.set(key, p)
		}
	}
	for _, k := range t.keys {
		if strings.HasPrefix(k, key+".") {
			return t.walk(key, p.Value)
		}
	}
	return fmt.Errorf("line %d: there is no setting %s; the nearest is %s", line(p), key, timbre.Nearest(key, t.keys))
}

func (t *tree) set(key string, p *ast.MappingValueNode) error {
	if _, twice := t.values[key]; twice {
		return fmt.Errorf("line %d: %s is given twice", line(p), key)
	}
	if empty(p.Value) {
		return nil
	}
	value, ok := flat(p.Value)
	if !ok {
		return fmt.Errorf("line %d: %s takes a scalar, or a list or table of scalars", line(p), key)
	}
	t.values[key] = given{value, line(p)}
	return nil
}

// flat formats a value as a flag takes it: a list with commas, a table as name=value with commas.
func flat(n ast.Node) (string, bool) {
	if s, ok := scalar(n); ok {
		return s, true
	}
	var parts []string
	if list, ok := n.(*ast.SequenceNode); ok {
		for _, v := range list.Values {
			s, ok := scalar(v)
			if !ok {
				return "", false
			}
			parts = append(parts, escape(s))
		}
		return strings.Join(parts, ","), true
	}
	pairs, ok := pairsOf(n)
	for _, p := range pairs {
		name, ok1 := scalar(p.Key)
		value, ok2 := scalar(p.Value)
		if !ok1 || !ok2 {
			return "", false
		}
		parts = append(parts, escape(name+"="+value))
	}
	return strings.Join(parts, ","), ok
}

// escape escapes the commas of a list item.
func escape(s string) string { return strings.ReplaceAll(s, ",", `\,`) }

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// scalar returns the text of a scalar as written.
func scalar(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func empty(n ast.Node) bool {
	if n == nil {
		return true
	}
	_, null := n.(*ast.NullNode)
	return null
}

func line(n ast.Node) int {
	if t := n.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}
