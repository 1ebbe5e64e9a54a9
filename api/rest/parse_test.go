package rest

import (
	"reflect"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	got, err := parse([]byte(` {"a":[1,-2.5e3,true,null,"\u00e9"],"b":{"c":{}}} `))
	want := map[string]any{"a": []any{number("1"), number("-2.5e3"), true, nil, "é"}, "b": map[string]any{"c": map[string]any{}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v and error %v", got, err)
	}
	if got, err := parse([]byte(" \n")); err != nil || got != nil {
		t.Errorf("empty body: got %v and error %v", got, err)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := func(n int) string { return `{"a":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + "}" }
	if _, err := parse([]byte(deep(maxDepth))); err != nil {
		t.Errorf("at the limit: got error %v, want none", err)
	}
	for _, text := range []string{
		`{`, `{"a"`, `{"a":`, `{"a":1`, `[`, `{"a":1}}`, `{"a":1}{"b":2}`, `{"a":1,"a":2}`, `{'a':1}`, `{"a":01}`, `{"a":NaN}`,
		"{\"a\":\"\xff\"}", `{"a":"\ud800"}`, `[]`, `"a"`, `null`, `1`, "\x00", deep(maxDepth + 1), deep(100_000), strings.Repeat("[", 1<<20),
	} {
		if got, err := parse([]byte(text)); err == nil {
			t.Errorf("%.40q: got %v, want an error", text, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "{}", `{"a":[1,{"b":null}],"c":"\u00e9"}`, `{"a":1,"a":2}`, "[[[[", `{"a":1e999}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := parse(body)
		if err != nil && got != nil {
			t.Error("got both a value and an error")
		}
		for _, s := range []*Service{Voice, Pipelines} {
			for _, op := range s.Operations {
				c := checker{}
				_ = c.structure(op.Input, got, "")
			}
		}
	})
}
