package siprec

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// outside is a folder of messages from other people's systems, which is not part of this repository.
func outside(t *testing.T) string {
	for _, dir := range []string{os.Getenv("TIMBRE_SHARED"), "../../../shared"} {
		dir = filepath.Join(dir, "vectors", "siprec")
		if _, err := os.Stat(filepath.Join(dir, "README.md")); err == nil {
			return dir
		}
	}
	t.Skip("the outside vectors are not here: set TIMBRE_SHARED")
	return ""
}

func TestOutsideVectors(t *testing.T) {
	dir := outside(t)
	for file, want := range map[string]string{
		"drachtio-mit/acme-siprec-offer.txt":                          "0 caller 9000, 1 callee 1002",
		"drachtio-mit/broadworks-offer-2.txt":                         "0 caller 9878942259, 1 callee ASBCE",
		"drachtio-mit/broadworks-offer.txt":                           "0 caller -", // its XML has lost its elements
		"drachtio-mit/cisco-siprec-offer.txt":                         "0 caller 7301, 1 callee 7300",
		"drachtio-mit/connectel-offer.txt":                            "0 caller 0771121212, 1 callee 0760516936",
		"drachtio-mit/connectel-offer2.txt":                           "0 caller 0771121212, 1 callee 0760516936",
		"drachtio-mit/connectel-offer3.txt":                           "0 caller 0771121212, 1 callee 0760516936",
		"drachtio-mit/inactive-sdp-offer.txt":                         "0 caller 0733165805, 1 callee +972546136443",
		"drachtio-mit/non-siprec-payload.txt":                         "0 caller -",
		"drachtio-mit/procomm-siprec-offer.txt":                       "0 caller 016190200, 1 callee Extension-016190619",
		"drachtio-mit/sonus-siprec-offer.txt":                         "0 callee 2249888012, 1 caller 2249888500", // sends are crossed
		"cisco-docs/cube_media_proxy_17x_invite.sip.txt":              "0 caller 3478, 1 callee 98765",
		"netsapiens/call_1.0_20260720.xml":                            "0 caller 1003, 1 callee 1001w",
		"netsapiens/call_1.1_reconstructed.xml":                       "0 caller 1001, 1 callee 1002",
		"netsapiens/attended_transfer_1.1_session3_post_transfer.xml": "0 caller 1001, 1 callee 1006",
		"voiceblender-mit/complete.xml":                               "0 caller alice, 1 callee bob",
		"voiceblender-mit/no_namespace.xml":                           "0 caller dave",
	} {
		raw, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Error(err)
			continue
		}
		legs, warnings := readOutside(t, file, string(raw))
		if legs != want {
			t.Errorf("%s: got %s, want %s; warnings %q", file, legs, want, warnings)
		}
		t.Logf("%s: %s %q", file, legs, warnings)
	}
}

func TestOutsidePartsAreMerged(t *testing.T) {
	dir := outside(t)
	read := func(name string) *Metadata {
		raw, err := os.ReadFile(filepath.Join(dir, "voiceblender-mit", name))
		if err != nil {
			t.Fatal(err)
		}
		return Parse(string(raw))
	}
	lines := []Line{{0, "1"}, {1, "2"}, {2, "3"}}
	m := read("complete.xml")
	for _, step := range []struct{ doc, want string }{
		{"partial_join.xml", "0 caller sip:alice@example.com, 1 callee sip:bob@example.com, 2 callee sip:carol@example.com"},
		{"partial_leave.xml", "0 caller sip:alice@example.com, 1 callee -, 2 callee sip:carol@example.com"},
	} {
		m = read(step.doc).After(m)
		before, _ := Map(lines, read("complete.xml"), Known{})
		if legs, _ := Map(lines, m, Known{Before: before}); written(legs) != step.want {
			t.Errorf("%s: got %s, want %s", step.doc, written(legs), step.want)
		}
	}
}

var label = regexp.MustCompile(`<label>(.*?)</label>`)

var aor = regexp.MustCompile(`(\d) (\w+) (\S+?)(,|$)`)

func readOutside(t *testing.T, file, raw string) (string, []string) {
	b := Body{Metadata: raw, SDP: []byte("m=audio\na=label:1\nm=audio\na=label:2\n")}
	if labels := label.FindAllStringSubmatch(raw, -1); len(labels) > 0 {
		b.SDP = nil
		for _, l := range labels {
			b.SDP = append(b.SDP, "m=audio\na=label:"+l[1]+"\n"...)
		}
	}
	if strings.HasSuffix(file, ".txt") {
		if head, body, ok := strings.Cut(raw, "\n\n"); ok && strings.HasPrefix(head, "INVITE") {
			raw = body
		}
		contentType := "multipart/mixed"
		if !strings.Contains(raw, "\n--") {
			contentType = ""
		}
		var err error
		if b, err = Read(contentType, []byte(raw)); err != nil {
			t.Errorf("%s: %v", file, err)
			return "", nil
		}
	}
	legs, warnings := mapped(b)
	short := aor.ReplaceAllStringFunc(written(legs), func(s string) string {
		m := aor.FindStringSubmatch(s)
		user := User(m[3])
		if m[3] == "-" {
			user = "-"
		}
		return m[1] + " " + m[2] + " " + user + m[4]
	})
	return short, warnings
}
