package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// expect compares an output with the expected values, by path. "$name" is a variable; {"is":"time"} stands for any time,
// {"is":"text"} for any text that is not empty, {"is":"absent"} for no value; anything else is the value itself.
func (s *session) expect(got map[string]any, want map[string]any) error {
	var wrong []error
	for path, w := range want {
		w, err := fill(w, s.variables)
		if err != nil {
			return err
		}
		found := findAll(got, path)
		if !slices.ContainsFunc(found, func(f any) bool { return fits(f, w) }) && (len(found) > 0 || !fits(nil, w)) {
			wrong = append(wrong, fmt.Errorf("%s: got %s, want %s", path, show(found), show(w)))
		}
	}
	return errors.Join(wrong...)
}

func fits(found, want any) bool {
	rule, _ := want.(map[string]any)
	text, _ := found.(string)
	switch rule["is"] {
	case "absent":
		return found == nil || found == ""
	case "text":
		return text != ""
	case "time":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	}
	return reflect.DeepEqual(found, want)
}

// find returns the value at a path, such as VoiceConnector.Name or Elements.0.Type, or nil.
func find(v any, path string) any {
	if all := findAll(v, path); len(all) > 0 {
		return all[0]
	}
	return nil
}

// findAll returns all values at a path: * stands for every item of a list, # for their number.
func findAll(v any, path string) []any {
	if path == "" {
		return []any{v}
	}
	name, rest, _ := strings.Cut(path, ".")
	switch v := v.(type) {
	case map[string]any:
		return findAll(v[name], rest)
	case []any:
		return findItems(v, name, rest)
	case nil:
		if name == "#" {
			return []any{float64(0)}
		}
	}
	return nil
}

// findItems continues a path in a list: with the number of items, all of them, or the one at an index.
func findItems(list []any, name, rest string) (all []any) {
	switch name {
	case "#":
		return []any{float64(len(list))}
	case "*":
		for _, item := range list {
			all = append(all, findAll(item, rest)...)
		}
		return all
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(list) {
		return findAll(list[i], rest)
	}
	return nil
}

// show renders a value for a message, at most 200 bytes of it.
func show(v any) string {
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	text, _ := json.Marshal(v) // decoded JSON always encodes
	if len(text) > 200 {
		return string(text[:200]) + "…"
	}
	return string(text)
}
