package card_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"timbre"
	"timbre/models"
	"timbre/models/card"
	"timbre/models/modelstest"
)

func valid(form int) string { return modelstest.Card("tiny", modelstest.Forms()[form]) }

func TestCardOfEachFormIsRead(t *testing.T) {
	for i, want := range []timbre.AudioInput{
		{Rate: 8000, Min: 800},
		{Rate: 16000, Min: 1600, Level: -26},
		{Rate: 16000, Int16: true, Filterbank: bank(false)},
		{Rate: 8000, Int16: true, Filterbank: bank(true)},
	} {
		c, err := card.Parse([]byte(valid(i)))
		if err != nil {
			t.Fatal(err)
		}
		if want.Filterbank != nil {
			if c.Input.Filterbank == nil || *c.Input.Filterbank != *want.Filterbank {
				t.Errorf("form %d: got filterbank %+v, want %+v", i, c.Input.Filterbank, want.Filterbank)
			}
			c.Input.Filterbank, want.Filterbank = nil, nil
		}
		if c.Input != want || c.ID() != "tiny@1" || c.Kind != card.Speaker || c.Dimension != modelstest.Values {
			t.Errorf("form %d: got %+v, want input %+v", i, c, want)
		}
	}
}

func bank(rows bool) *timbre.Filterbank {
	return &timbre.Filterbank{
		Mels: 40, Frame: 25 * time.Millisecond, Shift: 10 * time.Millisecond, Window: "povey", Preemphasis: 0.97,
		Low: 100, High: 3600, Floor: 1.1920929e-07, FrequencyRow: rows,
	}
}

func TestCardIsRefusedWithTheReason(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"dimension: 40", "dimensions: 40", "there is no key dimensions; the nearest is dimension"},
		{"mels: 40", "mel: 40", "there is no key mel; the nearest is input.mels"},
		{"kind: speaker", "kind: singer", `kind is "singer", not speaker, tone, vad or spoof`},
		{"kind: speaker", "kind: tone", "dimension is 40, and a tone model gives 3"},
		{"kind: speaker", "kind: speaker\nkind: tone", "line 2"},
		{"file: tiny.onnx", "file: ../tiny.onnx", "not the name of an .onnx file in the folder"},
		{"file: tiny.onnx", "file: /etc/passwd", "not the name of an .onnx file in the folder"},
		{"file: tiny.onnx", "file: ..onnx", "not the name of an .onnx file in the folder"},
		{"calibration: calibration.json", "calibration: ../../calibration.json", "not the name of a .json file"},
		{"name: tiny", "name: ../tiny", "name is"},
		{"version: \"1\"", "version: a/b", "version is"},
		{"sha256: ", "sha256: 0", "sha256 is not 64 hexadecimal digits"},
		{"licence: CC0-1.0", "", "licence is missing"},
		{"source: made by a test", "", "source is missing"},
		{"dimension: 40", "dimension: 0", "dimension is 0, not 1 to 4096"},
		{"dimension: 40", "dimension: forty", "line "},
		{"rate: 16000", "rate: 44100", "input.rate is 44100, not 8000 or 16000"},
		{"window: povey", "window: square", `input.window is "square", not povey, hamming or hann`},
		{"mean: none", "mean: global", `input.mean is "global"`},
		{"[1,T,F]", "[T,1,F]", `input.layout is "[T,1,F]"`},
		{"mels: 40", "mels: 40, dither: 1", "input.dither is not 0"},
		{"mels: 40", "mels: 4", "input.mels is 4, not 8 to 256"},
		{"high_hz: 3600", "high_hz: 9000", "high_hz is 9000"},
		{"low_hz: 100", "low_hz: 4000", "low_hz is 4000, not 0 to below high_hz"},
		{"form: filterbank", "form: waveform", "form is waveform, and there are keys of a filterbank"},
		{"form: filterbank", "form: spectrum", `input.form is "spectrum"`},
		{"inputs: [rows]", "inputs: [rows, more]", "has 1 inputs and 1 outputs, and the card names 2 and 1"},
		{"dimension: 40", "dimension: 40\nthreshold: 0.5", "threshold is the score"},
		{"kind", "\t-", "line 1"},
		{"mels: 40", "mels: 40, hop_samples: 80", "input.frame_samples belongs to the form waveform at rate 8000 without a level"},
		{"mels: 40", "mels: 40, min_samples: 32001", "input.min_samples is 32001, more than 2 seconds"},
		{"licence: CC0-1.0", "licence: &a CC0-1.0", "line 6: an anchor"},
		{"inputs: [rows]", "inputs: *a", "an alias"},
		{"inputs: [rows]", "inputs: [[[[[[[[[[[rows]]]]]]]]]]]", "more than 8 levels"},
	} {
		t.Run(c.want, func(t *testing.T) {
			text := valid(2)
			if !strings.Contains(text, c.old) {
				t.Fatalf("the card has no %q", c.old)
			}
			_, err := card.Parse([]byte(strings.Replace(text, c.old, c.new, 1)))
			if timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want one line with %q", err, c.want)
			}
		})
	}
	if _, err := card.Parse([]byte(strings.Repeat("#", 1<<17))); timbre.KindOf(err) != timbre.Invalid {
		t.Errorf("got %v for 128 KiB, want Invalid", err)
	}
}

func TestFramesAreChecked(t *testing.T) {
	text, err := fs.ReadFile(models.Folder(card.Tone), card.File)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{"rate: 8000", "rate: 16000", "frame_samples belongs to the form waveform at rate 8000"},
		{"rate: 8000", "rate: 8000\n  level: -26", "frame_samples belongs to the form waveform at rate 8000 without a level"},
		{"frame_samples: 320", "", "frame_samples is 0, not 8 to 8000"},
		{"hop_samples: 80", "hop_samples: 321", "hop_samples is 321, not 8 to frame_samples"},
		{"frame_values: 38", "frame_values: 0", "frame_values is 0, not 1 to 4096"},
		{"min_samples: 24000", "min_samples: 399", "min_samples is 399, less than two frames"},
		{"[samples, past]", "[samples]", "a tone model has 2 inputs and 2 outputs, and the card names 1 and 2"},
		{"kind: tone", "kind: vad", "input.frame_samples belongs to tone models"},
	} {
		t.Run(c.want, func(t *testing.T) {
			if !strings.Contains(string(text), c.old) {
				t.Fatalf("the card has no %q", c.old)
			}
			if _, err := card.Parse([]byte(strings.Replace(string(text), c.old, c.new, 1))); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestFileMustMatchItsCard(t *testing.T) {
	f := modelstest.Forms()[0]
	folder := modelstest.Write(t, modelstest.Card("tiny", f), f)
	c, err := card.Read(os.DirFS(folder))
	if err != nil {
		t.Fatal(err)
	}
	m, err := c.Load(os.DirFS(folder))
	if err != nil || m.String() != "tiny 1 "+c.Sum[:8] {
		t.Fatalf("got %s, %v, want tiny 1 with its checksum", m, err)
	}
	f.ONNX[len(f.ONNX)-1]++
	if err := os.WriteFile(filepath.Join(folder, "tiny.onnx"), f.ONNX, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Load(os.DirFS(folder)); timbre.KindOf(err) != timbre.Conflict {
		t.Errorf("got %v for another file, want Conflict", err)
	}
	if err := os.Remove(filepath.Join(folder, "tiny.onnx")); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Load(os.DirFS(folder)); timbre.KindOf(err) != timbre.NotFound {
		t.Errorf("got %v without the file, want NotFound", err)
	}
	if _, err := card.Read(os.DirFS(t.TempDir())); timbre.KindOf(err) != timbre.NotFound || !strings.Contains(err.Error(), "model.yaml") {
		t.Errorf("got %v without a card, want NotFound: model.yaml", err)
	}
}

func FuzzParse(f *testing.F) {
	for i := range modelstest.Forms() {
		f.Add([]byte(valid(i)))
	}
	f.Add([]byte(modelstest.SpoofCard("s", modelstest.Loudness(0.1))))
	if tone, err := fs.ReadFile(models.Folder(card.Tone), card.File); err == nil {
		f.Add(tone)
	}
	f.Add([]byte("kind: &a [*a]"))
	f.Add([]byte("kind: &a [x, x]\nname: &b [*a, *a]\nversion: &c [*b, *b]\nfile: [*c, *c]"))
	f.Add([]byte("inputs: " + strings.Repeat("[", 200)))
	f.Add([]byte("input: {form: !!binary x}\n<<: {a: 1}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := card.Parse(text)
		if err != nil {
			if timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %v, want Invalid", err)
			}
			return
		}
		if text, err := c.Format(); err != nil {
			t.Errorf("got %v, want it formatted", err)
		} else if again, err := card.Parse(text); err != nil || !reflect.DeepEqual(again, c) {
			t.Errorf("got %+v and %v from %s, want %+v", again, err, text, c)
		}
		if strings.ContainsAny(c.Name+c.Version+c.File+c.Calibration, "/\\ ") || c.File == "" || c.Dimension < 1 {
			t.Errorf("got %+v, want names without a way out of the folder", c)
		}
	})
}

func TestDetectorsOfTwoFormsAreTaken(t *testing.T) {
	published := modelstest.CounterCard("counter")
	for inputs, ok := range map[string]bool{"[input, state, sr]": true, "[input, state]": true, "[input]": false, "[a, b, c, d]": false} {
		_, err := card.Parse([]byte(strings.Replace(published, "[input, state, sr]", inputs, 1)))
		if (err == nil) != ok {
			t.Errorf("inputs %s: got %v, want them taken: %t", inputs, err, ok)
		}
	}
}

func TestEmbeddedCardsAreRead(t *testing.T) {
	for _, kind := range []card.Kind{card.Speaker, card.Tone, card.VAD} {
		if _, err := card.Read(models.Folder(kind)); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}
