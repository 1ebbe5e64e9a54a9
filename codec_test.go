package timbre

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestCodecsAreKnownByNameRateAndChannels(t *testing.T) {
	for _, c := range []struct {
		name           string
		rate, channels int
		want           Codec
	}{
		{"pcmu", 8000, 0, PCMU},
		{"PCMU", 8000, 1, PCMU},
		{"PCMA", 8000, 0, PCMA},
		{"G722", 8000, 0, G722},
		{"opus", 48000, 2, Opus},
		{"OPUS", 48000, 0, Opus},
		{"CN", 8000, 0, ComfortNoise},
		{"CN", 16000, 0, ComfortNoise},
		{"telephone-event", 8000, 0, TelephoneEvent},
		{"telephone-event", 48000, 0, TelephoneEvent},
		{"PCMU", 16000, 0, 0},
		{"PCMU", 8000, 2, 0},
		{"G722", 16000, 0, G722},
		{"opus", 16000, 0, 0},
		{"G729", 8000, 0, 0},
		{"", 8000, 0, 0},
		{"", 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, ok := ParseCodec(c.name, c.rate, c.channels); got != c.want || ok != (c.want != 0) {
				t.Errorf("%s/%d/%d: got %v, %t, want %v", c.name, c.rate, c.channels, got, ok, c.want)
			}
		})
	}
}

func TestStaticPayloadTypes(t *testing.T) {
	want := map[uint8]Codec{0: PCMU, 8: PCMA, 9: G722, 13: ComfortNoise}
	if got := StaticPayloads(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestOfferedPayloadTypes(t *testing.T) {
	want := map[uint8]Codec{0: PCMU, 8: PCMA, 9: G722, 101: TelephoneEvent, 111: Opus}
	if got := OfferedPayloads(); !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := Opus.Channels(); got != 2 {
		t.Errorf("Opus: got %d channels in its rtpmap, want 2 (RFC 7587)", got)
	}
	if got := PCMU.Channels(); got != 0 {
		t.Errorf("PCMU: got %d channels in its rtpmap, want none", got)
	}
}

// The zero value is looked up like any other: where no codec is known, none of this may panic.
func TestNoCodec(t *testing.T) {
	var c Codec
	if c.Name() != "" || c.String() != "" || c.ClockRate() != 0 || c.Kind() != 0 || c.Fmtp() != "" {
		t.Errorf("got %q at %d Hz, want nothing", c.Name(), c.ClockRate())
	}
}

func TestEveryCodecIsFoundByItsOwnName(t *testing.T) {
	all := Codecs()
	if len(all) != int(ComfortNoise) {
		t.Errorf("got %d codecs, want %d: a constant has no line in the table", len(all), ComfortNoise)
	}
	for _, c := range all {
		t.Run(c.Name(), func(t *testing.T) {
			if got, ok := ParseCodec(c.Name(), c.ClockRate(), 0); !ok || got != c {
				t.Errorf("got %v, %t, want %v", got, ok, c)
			}
			if c.Kind() == AudioPayload && codecs[c].impairment.robustness == 0 {
				t.Error("got no impairment, want one for each audio codec")
			}
		})
	}
}

// A new codec is a line in the table and a decoder: no other file knows one by its name. A sender of G.711 names it, for
// there is nothing to negotiate about it.
func TestCodecsAreNamedInTheirTableAndDecoderAlone(t *testing.T) {
	senders := map[string]bool{"sip/phone/offer.go": true}
	constants := audioConstants(t)
	walkSources(t, func(file string, n ast.Node) {
		if file == "codec.go" || within(file, "bench", "rtp/codec", "rtp/mediatest") {
			return
		}
		named := Codec(0)
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "timbre" {
				named = constants[n.Sel.Name]
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil {
				named, _ = codecNamed(text)
			}
		}
		sendsG711 := senders[file] && (named == PCMU || named == PCMA)
		if named != 0 && !sendsG711 {
			t.Errorf("got codec %s named in %s, want it in codec.go and its decoder alone", named, file)
		}
	})
}

// within reports whether a file is in one of the folders.
func within(file string, folders ...string) bool {
	return slices.ContainsFunc(folders, func(f string) bool { return strings.HasPrefix(file, f+"/") })
}

// audioConstants reads the constants of the audio codecs from their declaration.
func audioConstants(t *testing.T) map[string]Codec {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "codec.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	all, next := map[string]Codec{}, Codec(1)
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST || len(all) > 0 {
			continue
		}
		for _, s := range g.Specs {
			if next.Kind() == AudioPayload {
				all[s.(*ast.ValueSpec).Names[0].Name] = next
			}
			next++
		}
	}
	if all["PCMU"] != PCMU || all["Opus"] != Opus {
		t.Fatalf("got constants %v, want those of the audio codecs", all)
	}
	return all
}

// walkSources visits the syntax of all Go files but tests and generated ones.
func walkSources(t *testing.T, visit func(file string, n ast.Node)) {
	t.Helper()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != "." && strings.HasPrefix(d.Name(), "."):
			return filepath.SkipDir
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || strings.HasSuffix(file, "_gen.go"):
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err == nil {
			ast.Inspect(f, func(n ast.Node) bool {
				visit(filepath.ToSlash(file), n)
				return true
			})
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
