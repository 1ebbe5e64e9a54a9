package rest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

func tree() *node {
	n := &node{}
	for _, s := range []*Service{Voice, Pipelines} {
		for _, op := range s.Operations {
			n.add(&route{service: s, op: op})
		}
	}
	return n
}

func find(n *node, method, target string) (*route, map[string]string) {
	r := httptest.NewRequest(method, target, http.NoBody)
	return n.find(r, r.URL.Query())
}

func TestEveryOperationIsFoundByItsRoute(t *testing.T) {
	const label = `a/b:c%20 é`
	n, count := tree(), 0
	for _, s := range []*Service{Voice, Pipelines} {
		for _, op := range s.Operations {
			count++
			target := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(op.Path, strings.ReplaceAll(url.PathEscape(label), "$", "$$"))
			if op.Query.Key != "" {
				target += "?other=x&" + op.Query.Key + "=" + op.Query.Value
			}
			r, labels := find(n, op.Method, target)
			if r == nil {
				t.Errorf("%s %s: got no route", op.Method, target)
				continue
			}
			if r.op != op && op.Path != "/tags" { // there the voice service comes first
				t.Errorf("%s %s: got %s, want %s", op.Method, target, r.op.Name, op.Name)
			}
			if len(labels) != strings.Count(op.Path, "{") {
				t.Errorf("%s: got labels %v", op.Name, labels)
			}
			for name, v := range labels {
				if !strings.Contains(op.Path, "{"+name+"}") || v != label {
					t.Errorf("%s: label %s: got %q", op.Name, name, v)
				}
			}
		}
	}
	if count != 127 {
		t.Errorf("got %d operations", count)
	}
}

func TestRoutes(t *testing.T) {
	n := tree()
	for _, c := range []struct{ method, target, want string }{
		{"GET", "/voice-connectors", "ListVoiceConnectors"},
		{"GET", "/voice%2Dconnectors", "ListVoiceConnectors"},
		{"GET", "/voice-connectors/a", "GetVoiceConnector"},
		{"GET", "/voice-connectors/termination", "GetVoiceConnector"},
		{"GET", "/settings/phone-number", "GetPhoneNumberSettings"},
		{"POST", "/phone-numbers/a", "UpdatePhoneNumber"},
		{"POST", "/phone-numbers/a?operation=restore", "RestorePhoneNumber"},
		{"POST", "/phone-numbers/a?operation=other", "UpdatePhoneNumber"},
		{"POST", "/voice-connectors/a/speaker-search-tasks/b?operation=stop", "StopSpeakerSearchTask"},
		{"POST", "/voice-connectors/a/speaker-search-tasks/b?operation=start", ""},
		{"POST", "/voice-connectors/a/speaker-search-tasks/b", ""},
		{"POST", "/voice-connectors/a?operation=associate-phone-numbers", "AssociatePhoneNumbersWithVoiceConnector"},
		{"POST", "/tags", ""},
		{"GET", "/", ""},
		{"GET", "/voice-connectors/", ""},
		{"GET", "//voice-connectors", ""},
		{"GET", "/voice-connectors//termination", ""},
		{"GET", "/voice-connectors/a/b/c/d/e/f/g/h/i/j", ""},
		{"GET", "/voice-connectors%2Fa", ""},
		{"HEAD", "/voice-connectors", ""},
		{"get", "/voice-connectors", ""},
		{"OPTIONS", "/voice-connectors", ""},
	} {
		t.Run(c.method+" "+c.target, func(t *testing.T) {
			got := ""
			if r, _ := find(n, c.method, c.target); r != nil {
				got = r.op.Name
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
