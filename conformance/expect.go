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

// expect holds an output against what it must give, by path. "$name" is a variable; {"is":"time"} any moment,
// {"is":"text"} any text that is not empty, {"is":"absent"} nothing; anything else is the value itself.
func (s *session) expect(got map[string]any, want map[string]any) error {
	var wrong []error
	for path, w := range want {
		w, err := fill(w, s.known)
		if err != nil {
			return err
		}
		found := findAll(got, path)
		if !slices.ContainsFunc(found, func(f any) bool { return fits(f, w) }) && (len(found) > 0 || !fits(nil, w)) {
			wrong = append(wrong, fmt.Errorf("%s is %s, not %s", path, show(found), show(w)))
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

// find gives what is at a path, such as VoiceConnector.Name or Elements.0.Type; nil when nothing is.
func find(v any, path string) any {
	if all := findAll(v, path); len(all) > 0 {
		return all[0]
	}
	return nil
}

// findAll gives everything that is at a path: * stands for every item of a list, # for their number.
func findAll(v any, path string) []any {
	if path == "" {
		return []any{v}
	}
	name, rest, _ := strings.Cut(path, ".")
	switch v := v.(type) {
	case map[string]any:
		return findAll(v[name], rest)
	case []any:
		if name == "#" {
			return []any{float64(len(v))}
		}
		if name == "*" {
			var all []any
			for _, item := range v {
				all = append(all, findAll(item, rest)...)
			}
			return all
		}
		if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(v) {
			return findAll(v[i], rest)
		}
	case nil:
		if name == "#" {
			return []any{float64(0)}
		}
	}
	return nil
}

func show(v any) string {
	if list, ok := v.([]any); ok && len(list) == 1 {
		v = list[0]
	}
	text, _ := json.Marshal(v) // what came from JSON goes back to it
	if len(text) > 200 {
		return string(text[:200]) + "…"
	}
	return string(text)
}
