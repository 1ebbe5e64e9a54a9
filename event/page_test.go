package event

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/template"

	"github.com/google/jsonschema-go/jsonschema"
)

type (
	pageKind struct {
		Name, Type, Statuses, Channel, When, Example string
		Fields                                       []pageField
	}
	pageField struct {
		Name, Type, Meaning string
		Always              bool
	}
	pageChannel struct{ Name, Text string }
)

func TestPageIsCurrent(t *testing.T) {
	page := struct {
		Kinds    []pageKind
		Channels []pageChannel
	}{}
	for _, k := range kinds {
		s := schemaOf(t, k)
		inner := s
		if k.detail != nil {
			inner = s.Properties["detail"]
		}
		page.Kinds = append(page.Kinds, pageKind{
			k.name, string(k.eventOf), "`" + strings.Join(k.statuses, "`, `") + "`", k.channel, k.when, example(t, k.golden[0]), fields("", inner),
		})
	}
	for _, name := range slices.Sorted(maps.Keys(channels)) {
		page.Channels = append(page.Channels, pageChannel{name, channels[name]})
	}
	text, err := template.New("page.md.tmpl").Funcs(template.FuncMap{"lower": strings.ToLower}).ParseFiles("testdata/page.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := text.Execute(&b, page); err != nil {
		t.Fatal(err)
	}
	wantCurrent(t, "events.md", b.Bytes())
}

// fields returns the fields of an object, each followed by those within it.
func fields(prefix string, s *jsonschema.Schema) (list []pageField) {
	for _, name := range s.PropertyOrder {
		p := s.Properties[name]
		list = append(list, pageField{prefix + name, typeOf(p), meanings[name], slices.Contains(s.Required, name)})
		within := p
		if p.Items != nil {
			name, within = name+"[]", p.Items
		}
		list = append(list, fields(prefix+name+".", within)...)
	}
	return list
}

func typeOf(s *jsonschema.Schema) string {
	if s.Items != nil {
		return "array"
	}
	return s.Type
}

func example(t *testing.T, golden string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", golden+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, bytes.TrimSpace(b), "", "  "); err != nil {
		t.Fatal(err)
	}
	return pretty.String()
}
