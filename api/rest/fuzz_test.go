package rest

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

// FuzzRoute routes any path: a route has a value for each label, none of them empty, and the path
// written with these values finds the same route.
func FuzzRoute(f *testing.F) {
	for _, s := range []*Service{Voice, Pipelines} {
		for _, op := range s.Operations {
			f.Add(op.Method, strings.NewReplacer("{", "%7B", "}", "%2F%2f").Replace(op.Path), op.Query.Key+"="+op.Query.Value)
		}
	}
	f.Add("GET", "//voice-connectors", "operation=%zz")
	f.Add("GET", "/voice-connectors/%2e%2E/termination/", "")
	f.Add("POST", "/tags", "operation=tag-resource&operation=untag-resource")
	n := tree()
	f.Fuzz(func(t *testing.T, method, path, query string) {
		u, err := url.ParseRequestURI("/" + strings.TrimPrefix(path, "/"))
		if err != nil {
			return // net/http lets no such request through
		}
		q, _ := url.ParseQuery(query)
		r, labels := n.find(&http.Request{Method: method, URL: u}, q)
		if r == nil {
			if labels != nil {
				t.Errorf("got labels %v without a route", labels)
			}
			return
		}
		again := r.op.Path
		for _, name := range r.labels {
			if labels[name] == "" {
				t.Errorf("%s: got an empty label %s", r.op.Name, name)
			}
			again = strings.Replace(again, "{"+name+"}", url.PathEscape(labels[name]), 1)
		}
		if u, err = url.ParseRequestURI(again); err != nil || len(labels) != len(r.labels) || r.op.Method != method {
			t.Fatalf("%s %s: got labels %v and error %v", r.op.Name, again, labels, err)
		}
		if same, values := n.find(&http.Request{Method: method, URL: u}, q); same != r || !reflect.DeepEqual(values, labels) {
			t.Errorf("%s %s: got %v, want %v", method, again, values, labels)
		}
	})
}

// FuzzValidate validates any body, label and query for any operation: what is accepted contains only members of the model, and is
// accepted again unchanged.
func FuzzValidate(f *testing.F) {
	for i, body := range []string{
		`{}`, `{"Name":"a","RequireEncryption":true,"Tags":[{"Key":"k","Value":"v"}],"More":1}`, `{"Termination":{"CallingRegions":["US"],"CidrAllowedList":[null],"CpsLimit":1.5}}`,
		`{"Elements":[{"Type":"VoiceAnalyticsProcessor","Other":{"a":{}}}]}`, `{"MediaInsightsRuntimeMetadata":{"":"x"}}`, `{"StartTimestamp":1e400}`, `null`, `[]`,
	} {
		f.Add(uint8(i*17), "an id", "5", []byte(body))
	}
	ops := append(append([]*Operation{}, Voice.Operations...), Pipelines.Operations...)
	f.Fuzz(func(t *testing.T, which uint8, label, asked string, body []byte) {
		op := ops[int(which)%len(ops)]
		labels, query := map[string]string{}, url.Values{}
		for _, m := range op.Input.Members {
			switch m.Place {
			case Path:
				labels[m.Wire] = label
			case Query:
				query.Set(m.Wire, asked)
			}
		}
		inBody, aside, err := gather(op, labels, query, func() (map[string]any, error) { return parse(body) })
		if err != nil {
			return
		}
		again, asideAgain, err := gather(op, labels, query, func() (map[string]any, error) { return inBody, nil })
		if err != nil || !reflect.DeepEqual(again, inBody) || !reflect.DeepEqual(asideAgain, aside) {
			t.Errorf("%s: validating %v and %v again: got %v and %v, error %v", op.Name, inBody, aside, again, asideAgain, err)
		}
		for name := range inBody {
			if member(op, name) == nil {
				t.Errorf("%s: got unknown member %s", op.Name, name)
			}
		}
	})
}

func member(op *Operation, wire string) *Member {
	for i := range op.Input.Members {
		if op.Input.Members[i].Wire == wire {
			return &op.Input.Members[i]
		}
	}
	return nil
}
