package library_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"timbre"
	"timbre/models/card"
	"timbre/models/library"
	"timbre/models/modelstest"
)

// tiny writes a model's folder: form 0 of the tiny models under a name.
func tiny(t *testing.T, name string, change ...string) string {
	t.Helper()
	f := modelstest.Forms()[0]
	return modelstest.Write(t, strings.NewReplacer(change...).Replace(modelstest.Card(name, f)), f)
}

// with returns a library that has the model tiny, and its data folder.
func with(t *testing.T) (*library.Library, string) {
	t.Helper()
	data := t.TempDir()
	l := library.Open(data, nil)
	if _, _, err := l.Add(tiny(t, "tiny")); err != nil {
		t.Fatal(err)
	}
	return l, data
}

func wantError(t *testing.T, err error, kind timbre.Kind, words string) {
	t.Helper()
	if err == nil || timbre.KindOf(err) != kind || !strings.Contains(err.Error(), words) {
		t.Errorf("got %v, want kind %v and %q", err, kind, words)
	}
}

func TestAddedModelIsListedAndUsed(t *testing.T) {
	l, data := with(t)
	list, err := l.List()
	if err != nil || len(list) != 4 {
		t.Fatalf("got %d models, %v, want the three built-in ones and tiny", len(list), err)
	}
	if list[3].Card.ID() != "tiny@1" || list[3].InUse || list[3].BuiltIn {
		t.Errorf("got %+v, want tiny, not in use", list[3])
	}
	if _, err := l.Use("tiny", nil); err != nil {
		t.Fatal(err)
	}
	e, err := library.Open(data, nil).Choose(card.Speaker)
	if err != nil || e.Card.ID() != "tiny@1" {
		t.Fatalf("got %s, %v, want tiny in use", e.Card.ID(), err)
	}
	if m, err := e.Load(); err != nil || m.Name != "tiny" {
		t.Errorf("got %s, %v, want it loaded", m, err)
	}
	if c, err := e.Calibration(); err != nil || string(c) != modelstest.Calibration(modelstest.Forms()[0]) {
		t.Errorf("got calibration %q, %v, want that of the folder", c, err)
	}
}

func TestBuiltInModelIsUsedAgain(t *testing.T) {
	l, _ := with(t)
	list, err := l.List()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"tiny", list[0].Card.ID()} {
		if _, err := l.Use(id, nil); err != nil {
			t.Fatal(err)
		}
	}
	if e, err := l.Choose(card.Speaker); err != nil || !e.BuiltIn {
		t.Errorf("got %s, %v, want the built-in model again", e.Card.ID(), err)
	}
}

func TestSettingTakesPrecedence(t *testing.T) {
	l, data := with(t)
	named := library.Open(data, map[card.Kind]string{card.Speaker: "tiny@1"})
	if e, err := named.Choose(card.Speaker); err != nil || e.Card.Name != "tiny" {
		t.Errorf("got %s, %v, want tiny", e.Card.ID(), err)
	}
	list, err := named.List()
	if err != nil || list[0].InUse || !list[3].InUse {
		t.Errorf("got %+v, %v, want tiny alone in use of the speaker models", list, err)
	}
	_, err = named.Use(list[0].Card.ID(), nil)
	wantError(t, err, timbre.Conflict, "the setting models.speaker names tiny@1")
	_, err = library.Open(data, map[card.Kind]string{card.Tone: "tiny"}).Choose(card.Tone)
	wantError(t, err, timbre.Invalid, "is a speaker model, not a tone model")
	_, err = l.Choose(card.Spoof)
	wantError(t, err, timbre.NotFound, "there is no spoof model")
}

func TestAddIsRefusedAndLeavesNothing(t *testing.T) {
	l, data := with(t)
	for _, c := range []struct {
		name, words string
		kind        timbre.Kind
		folder      string
	}{
		{"without a card", "there is no model.yaml", timbre.NotFound, t.TempDir()},
		{"unknown key", "there is no key licens; the nearest is licence", timbre.Invalid, tiny(t, "a", "licence:", "licens:")},
		{"another file than the card's", "it is another file or damaged", timbre.Conflict, tiny(t, "a", "sha256: ", "sha256: 00000000", "licence", "licence")},
		{"out of the folder", "not the name of an .onnx file", timbre.Invalid, tiny(t, "a", "file: tiny", "file: ../tiny")},
		{"no folder", "there is no model.yaml", timbre.NotFound, filepath.Join(data, "nowhere")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.kind == timbre.Conflict {
				onnx := filepath.Join(c.folder, "tiny.onnx")
				text, _ := os.ReadFile(filepath.Join(c.folder, card.File))
				if err := os.WriteFile(filepath.Join(c.folder, card.File), []byte(strings.Replace(string(text), "00000000", "", 1)), 0o600); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(onnx, []byte("other"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, _, err := l.Add(c.folder)
			wantError(t, err, c.kind, c.words)
		})
	}
	other := modelstest.Forms()[1]
	_, _, err := l.Add(modelstest.Write(t, modelstest.Card("tiny", other), other))
	wantError(t, err, timbre.Conflict, "there is another model tiny@1")
	if _, again, err := l.Add(tiny(t, "tiny")); err != nil || !again {
		t.Errorf("got %v, %v for the same model, want it found there", again, err)
	}
	files, err := os.ReadDir(filepath.Join(data, "models"))
	if err != nil || len(files) != 1 || files[0].Name() != "tiny@1" {
		t.Errorf("got %v, %v, want the folder of tiny alone", files, err)
	}
}

func TestLinkOutOfTheFolderIsRefused(t *testing.T) {
	folder := tiny(t, "a")
	secret := filepath.Join(t.TempDir(), "secret.onnx")
	if err := os.Rename(filepath.Join(folder, "tiny.onnx"), secret); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(folder, "tiny.onnx")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := library.Open(t.TempDir(), nil).Add(folder); err == nil {
		t.Error("got no error, want the link refused")
	}
}

func TestNoticesStayWithTheModel(t *testing.T) {
	folder, data := tiny(t, "a"), t.TempDir()
	for _, name := range []string{"LICENSE", "model_card.md", "run.sh"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("text"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := library.Open(data, nil).Add(folder); err != nil {
		t.Fatal(err)
	}
	var names []string
	files, _ := os.ReadDir(filepath.Join(data, "models", "a@1"))
	for _, f := range files {
		names = append(names, f.Name())
	}
	if want := []string{"LICENSE", "calibration.json", "model.yaml", "model_card.md", "tiny.onnx"}; !slices.Equal(names, want) {
		t.Errorf("got files %v, want %v", names, want)
	}
}

func TestModelIsGivenACalibration(t *testing.T) {
	data := t.TempDir()
	l := library.Open(data, nil)
	if _, _, err := l.Add(tiny(t, "raw", "calibration: calibration.json\n", "")); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Use("raw", []byte(modelstest.Calibration(modelstest.Forms()[0]))); err != nil {
		t.Fatal(err)
	}
	e, err := library.Open(data, nil).Choose(card.Speaker)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := e.Calibration(); err != nil || string(c) != modelstest.Calibration(modelstest.Forms()[0]) {
		t.Errorf("got calibration %q, %v, want the given one", c, err)
	}
	list, _ := l.List()
	_, err = l.Use(list[0].Card.ID(), []byte(modelstest.Calibration(modelstest.Forms()[0])))
	wantError(t, err, timbre.Invalid, "is built in")
}

func TestDamageIsFoundBeforeUse(t *testing.T) {
	l, data := with(t)
	if err := os.WriteFile(filepath.Join(data, "models", "tiny@1", "tiny.onnx"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := l.Use("tiny", nil)
	wantError(t, err, timbre.Conflict, "model tiny@1: tiny.onnx has the checksum")
	if err := os.WriteFile(filepath.Join(data, "models", "tiny@1", card.File), []byte("kind: speaker\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := l.List()
	if err != nil || len(list) != 4 || list[3].Err == nil {
		t.Errorf("got %+v, %v, want the damaged card listed with its error", list, err)
	}
	_, err = l.Find("tine")
	wantError(t, err, timbre.NotFound, "`timbre models add` adds one")
}

func TestDamagedChoiceIsAnError(t *testing.T) {
	l, data := with(t)
	if err := os.WriteFile(filepath.Join(data, "models", "use.yaml"), []byte("- speaker"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := l.Choose(card.Speaker)
	wantError(t, err, timbre.Invalid, "remove it to use the built-in models")
	if err := os.WriteFile(filepath.Join(data, "models", "use.yaml"), []byte("speaker: &a [*a]"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = l.Choose(card.Speaker)
	wantError(t, err, timbre.Invalid, "an anchor")
	if err := os.WriteFile(filepath.Join(data, "models", "use.yaml"), make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = l.Choose(card.Speaker)
	wantError(t, err, timbre.Invalid, "more than the limit")
}

func TestPipeInPlaceOfACardIsListedAsDamaged(t *testing.T) {
	l, data := with(t)
	name := filepath.Join(data, "models", "tiny@1", card.File)
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skip(err)
	}
	list, err := l.List()
	if err != nil || len(list) != 4 {
		t.Fatalf("got %d models, %v, want four", len(list), err)
	}
	wantError(t, list[3].Err, timbre.Invalid, "not a regular file")
}

func TestRefusedUseChangesNothing(t *testing.T) {
	l, data := with(t)
	if _, _, err := l.Add(tiny(t, "raw", "calibration: calibration.json\n", "")); err != nil {
		t.Fatal(err)
	}
	named := library.Open(data, map[card.Kind]string{card.Speaker: "tiny"})
	_, err := named.Use("raw", []byte(modelstest.Calibration(modelstest.Forms()[0])))
	wantError(t, err, timbre.Conflict, "models.speaker names tiny")
	if e, err := l.Find("raw"); err != nil || e.Card.Calibration != "" {
		t.Errorf("got calibration %q, %v, want raw as it was", e.Card.Calibration, err)
	}
}
