package event

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestXMLToJSON(t *testing.T) {
	for name, c := range map[string]struct{ xml, want string }{
		"recording": {
			`<?xml version="1.0"?><r:recording xmlns:r="urn:ietf:params:xml:ns:recording:1"><datamode>complete</datamode>` +
				`<participant participant_id="p1"><nameID aor="sip:a@x"/></participant><participant participant_id="p2"/></r:recording>`,
			`{"recording":{"datamode":"complete","participant":[{"nameID":{"aor":"sip:a@x"},"participant_id":"p1"},{"participant_id":"p2"}],"r":"urn:ietf:params:xml:ns:recording:1"}}`,
		},
		"three of a name":           {`<a><b>1</b><b/><b>3</b></a>`, `{"a":{"b":["1","","3"]}}`},
		"text beside an attribute":  {`<a b="1"> x </a>`, `{"a":{"b":"1","content":"x"}}`},
		"empty element":             {`<a/>`, `{"a":""}`},
		"no document":               {``, ``},
		"not well-formed":           {`<a><b></a>`, ``},
		"cut":                       {`<a><b>`, ``},
		"deeper than any recording": {strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000), ``},
	} {
		t.Run(name, func(t *testing.T) {
			if got := xmlToJSON(c.xml); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func FuzzXMLToJSON(f *testing.F) {
	f.Add(`<a b="1">text<c/><c/></a>`)
	f.Add(`<?xml version="1.0"?><recording xmlns="urn:ietf:params:xml:ns:recording:1"/>`)
	f.Fuzz(func(t *testing.T, document string) {
		if got := xmlToJSON(document); got != "" && !json.Valid([]byte(got)) {
			t.Errorf("got %q, want JSON", got)
		}
	})
}
