package plainyaml

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// bomb is a text of a few hundred bytes that stands for 9^9 values.
func bomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return b.String()
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestTextThatWouldGrowIsRefusedBeforeItDoes(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"aliases":       {bomb(), "line 1: an anchor"},
		"alias alone":   {"a: *b", "line 1: an alias"},
		"merge":         {"a: b\n<<: {a: 1}", "line 2: a merge"},
		"tag":           {"a: !!binary x", "line 1: a tag"},
		"brackets":      {strings.Repeat("[", 30000), "more than 8 levels"},
		"braces":        {strings.Repeat("{a: ", 15000), "more than 8 levels"},
		"lists":         {strings.Repeat("- ", 30000), "more than 8 levels"},
		"explicit keys": {strings.Repeat("? ", 30000), "more than 8 levels"},
	} {
		t.Run(name, func(t *testing.T) {
			before := allocated()
			_, err := Parse([]byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if mb := (allocated() - before) >> 20; mb > 64 {
				t.Errorf("got %d MiB allocated", mb)
			}
		})
	}
}

func TestPlainTextIsDecoded(t *testing.T) {
	file, err := Parse([]byte("# a\na: [x, {b: [y]}]\nc: 'it is &not an *anchor, !nor a tag'\n"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		A []any  `yaml:"a"`
		C string `yaml:"c"`
	}
	if err := Decode(file, &got); err != nil || len(got.A) != 2 || got.C != "it is &not an *anchor, !nor a tag" {
		t.Errorf("got %+v, %v", got, err)
	}
	if file, err = Parse([]byte("d: 1")); err == nil {
		err = Fault(Decode(file, &got))
	}
	if err == nil || !strings.HasPrefix(err.Error(), "line 1: unknown field") {
		t.Errorf("got %v, want the unknown key with its line", err)
	}
	if file, err = Parse(nil); err != nil || Decode(file, &got) != nil {
		t.Errorf("got %v, want an empty text taken", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"a: b", bomb(), strings.Repeat("[", 100), strings.Repeat("- ", 100), "a: &b [*b]", "input: {form: !!binary x}\n<<: {a: 1}", "---\n---", "? x\n: y", "a: |\n b\n", "{",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := allocated()
		if file, err := Parse(text); err == nil {
			var into any
			_ = Decode(file, &into)
		}
		if got := (allocated() - before) >> 20; got > uint64(64+len(text)/64) {
			t.Errorf("got %d MiB for %d bytes", got, len(text))
		}
	})
}
