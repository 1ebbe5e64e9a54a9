package siprec

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"timbre"
)

func TestReadErrorsHaveTheirKinds(t *testing.T) {
	for name, c := range map[string]struct {
		contentType, body string
		kind              timbre.Kind
	}{
		"another type":           {"application/isup", "IAM", timbre.Unprocessable},
		"no type, unknown bytes": {"", "hello", timbre.Unprocessable},
		"parts of other types":   {"multipart/mixed;boundary=x", "--x\r\nContent-Type: application/gtd\r\n\r\nIAM\r\n--x--\r\n", timbre.Unprocessable},
		"parts without content":  {"multipart/mixed;boundary=x", "--x\r\nContent-Type: application/sdp\r\n\r\n--x--\r\n", timbre.Unprocessable},
		"no parts at all":        {"multipart/mixed;boundary=x", "hello", timbre.Invalid},
		"too large":              {"application/sdp", strings.Repeat("a", MaxBody+1), timbre.Limit},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(c.contentType, []byte(c.body)); err == nil || timbre.KindOf(err) != c.kind {
				t.Errorf("got %v, want kind %v", err, c.kind)
			}
		})
	}
}

func TestReadSinglePart(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body, sdp, metadata string }{
		"nothing":             {"application/sdp", "\r\n", "", ""},
		"sdp":                 {"application/SDP; charset=x", "v=0\r\n", "v=0", ""},
		"sdp without a type":  {"", "v=0\r\n", "v=0", ""},
		"metadata of RFC":     {"application/rs-metadata+xml", "<recording/>", "", "<recording/>"},
		"metadata of a draft": {"application/rs-metadata", "\ufeff\n<recording/>", "", "<recording/>"},
		"metadata, no type":   {"", "<recording/>", "", "<recording/>"},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := Read(c.contentType, []byte(c.body))
			if err != nil || string(b.SDP) != c.sdp || b.Metadata != c.metadata {
				t.Errorf("got SDP %q, metadata %q, %v, want %q, %q", b.SDP, b.Metadata, err, c.sdp, c.metadata)
			}
		})
	}
}

func TestASecondPartOfAKindIsIgnoredWithAWarning(t *testing.T) {
	b, err := Read("multipart/mixed;boundary=x", []byte("--x\n\nv=1\n--x\n\nv=2\n--x\n\n<a/>\n--x\n\n<b/>\n--x--"))
	if err != nil || string(b.SDP) != "v=1" || b.Metadata != "<a/>" || len(b.Warnings) != 2 {
		t.Errorf("got %+v, %v, want the first ones and 2 warnings", b, err)
	}
}

func TestSplitMultipart(t *testing.T) {
	parts := split("b", []byte("preamble\r\n--b \r\nX-Folded: one\r\n\t two\r\nB : c\r\n\r\nfirst\r\n\r\nline\r\n--bb\r\n--b\nv=0\n--b--\nepilogue\n--b\n\nnever"))
	if len(parts) != 2 {
		t.Fatalf("got %d parts, want 2", len(parts))
	}
	if p := parts[0]; p.header["x-folded"] != "one two" || p.header["b"] != "c" || string(p.content) != "first\r\n\r\nline\r\n--bb\r\n" {
		t.Errorf("got part %q", p)
	}
	if p := parts[1]; len(p.header) != 0 || string(p.content) != "v=0\n" {
		t.Errorf("got part %q", p)
	}
	if n := len(split("b", bytes.Repeat([]byte("--b\n\nx\n"), 100))); n != maxParts {
		t.Errorf("got %d parts, want %d", n, maxParts)
	}
}

func TestBoundaryParameter(t *testing.T) {
	for in, want := range map[string]string{
		"multipart/mixed;boundary=a": "a", `multipart/mixed; charset=x; Boundary = "a b" ; y=z`: "a b",
		"multipart/mixed": "", "multipart/mixed;boundary": "", "multipart/mixed;boundary=a;x": "a", `multipart/mixed;boundary="a`: "a",
	} {
		if got := boundary(in); got != want {
			t.Errorf("got boundary %q of %s, want %q", got, in, want)
		}
	}
}

func TestTextConvertsToUTF8(t *testing.T) {
	doc := `<r a="é"/>`
	units := utf16.Encode([]rune(doc))
	le, be := []byte{0xFF, 0xFE}, []byte{0xFE, 0xFF}
	for _, u := range units {
		le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
	}
	for name, in := range map[string][]byte{
		"UTF-8": []byte(doc), "with a mark": []byte("\ufeff" + doc), "Latin-1": []byte("<r a=\"\xe9\"/>"), "UTF-16 LE": le, "UTF-16 BE": be,
	} {
		if got := text(in); got != doc {
			t.Errorf("%s: got %q, want %q", name, got, doc)
		}
	}
}

func TestATreeHasLimits(t *testing.T) {
	for name, doc := range map[string]string{
		"deep": strings.Repeat("<a>", maxDepth+2), "wide": "<a>" + strings.Repeat("<b/>", maxNodes+1) + "</a>", "empty": " ",
	} {
		if _, err := parseTree(doc); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	if m := Parse(strings.Repeat("x", MaxBody+1)); len(m.Warnings) != 1 {
		t.Errorf("got warnings %q, want 1", m.Warnings)
	}
}

func FuzzRead(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.contentType, v.body)
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		b, err := Read(contentType, body)
		switch {
		case err != nil && timbre.KindOf(err) == timbre.Internal:
			t.Errorf("got %v of kind Internal, want a kind that says what is wrong", err)
		case !utf8.ValidString(b.Metadata):
			t.Errorf("got metadata %q, which is not UTF-8", b.Metadata)
		case err == nil && len(bytes.TrimSpace(body)) > 0 && b.SDP == nil && b.Metadata == "":
			t.Error("got neither a result nor an error")
		}
	})
}
