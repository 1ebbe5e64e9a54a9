package test

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	voice "github.com/aws/aws-sdk-go-v2/service/chimesdkvoice"

	"timbre"
	"timbre/config"
	"timbre/environment"
	"timbre/models"
	"timbre/models/card"
	"timbre/models/modelstest"
	"timbre/node"
)

// modelsCommand runs `timbre models` on a data folder. It returns standard output, and after a failure what was said of it as well.
func modelsCommand(ctx context.Context, t *testing.T, data string, args ...string) (string, error) {
	t.Helper()
	exe, err := program()
	must(t, err)
	cmd := exec.CommandContext(ctx, exe, append([]string{"models", "--data", data}, args...)...)
	cmd.Env = surroundings()
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return out.String() + stderr.String(), err
	}
	return out.String(), nil
}

func wantWords(t *testing.T, out string, err error, words ...string) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v: %s", err, out)
	}
	for _, w := range words {
		if !strings.Contains(out, w) {
			t.Errorf("got %q, want %q in it", out, w)
		}
	}
}

// A model of each input form is added, verified and chosen by commands; then a server enrols a caller and recognises it.
func TestServerRecognisesWithModelOfEachInputForm(t *testing.T) {
	for _, f := range modelstest.Forms() {
		t.Run(f.Name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 2*timeout)
			defer cancel()
			data, hook := t.TempDir(), newReceiver(t)
			folder := modelstest.Write(t, modelstest.Card("tiny", f), f)
			out, err := modelsCommand(ctx, t, data, "add", folder)
			wantWords(t, out, err, "added tiny@1, a speaker model of 40 values, CC0-1.0")
			out, err = modelsCommand(ctx, t, data, "verify", "tiny")
			wantWords(t, out, err, "ok      tiny@1 (speaker)", "the same for the same audio")
			out, err = modelsCommand(ctx, t, data, "use", "tiny")
			wantWords(t, out, err, "tiny@1 is the speaker model from the next start of the server on", "timbre models migrate")

			n := start(t, settings(t, data, hook))
			h := setUp(ctx, t, n.API, hookARN)
			search := h.call(ctx, t, hook, n.SIP[0], "s1_enrol", timbre.IdentificationNoMatches)
			p, err := h.voice.CreateVoiceProfile(ctx, &voice.CreateVoiceProfileInput{SpeakerSearchTaskId: &search})
			must(t, err)
			h.recognise(ctx, t, hook, n.SIP[0], "s1_second", *p.VoiceProfile.VoiceProfileId)
			h.call(ctx, t, hook, n.SIP[0], "s5_second", timbre.IdentificationNoMatches)
		})
	}
}

// A tone model that goes on from frames is verified as it is run, so that a card which is wrong about them is found out.
func TestToneModelWithFramesIsVerified(t *testing.T) {
	text, err := fs.ReadFile(models.Folder(card.Tone), card.File)
	must(t, err)
	for hop, want := range map[string]string{"80": "ok      house@1 (tone)", "160": "values of frames"} {
		folder, data := t.TempDir(), t.TempDir()
		must(t, os.CopyFS(folder, models.Folder(card.Tone)))
		own := strings.NewReplacer("name: tone", "name: house", "hop_samples: 80", "hop_samples: "+hop).Replace(string(text))
		must(t, os.WriteFile(filepath.Join(folder, card.File), []byte(own), 0o600))
		out, err := modelsCommand(t.Context(), t, data, "add", folder)
		wantWords(t, out, err, "added house@1, a tone model of 3 values")
		out, err = modelsCommand(t.Context(), t, data, "verify", "house")
		if (err == nil) != (hop == "80") || !strings.Contains(out, want) {
			t.Errorf("got %q, %v with a hop of %s samples, want %q", out, err, hop, want)
		}
	}
}

func TestModelsListSaysWhichAreInUse(t *testing.T) {
	f := modelstest.Forms()[0]
	data := t.TempDir()
	out, err := modelsCommand(t.Context(), t, data, "add", modelstest.Write(t, modelstest.Card("tiny", f), f))
	wantWords(t, out, err)
	out, err = modelsCommand(t.Context(), t, data, "use", "tiny")
	wantWords(t, out, err)
	out, err = modelsCommand(t.Context(), t, data, "list", "--json")
	wantWords(t, out, err)
	var rows []struct {
		Model, Kind, Origin, Checksum string
		InUse                         bool
		Dimension                     int
	}
	must(t, json.Unmarshal([]byte(out), &rows))
	inUse := map[string]string{}
	for _, r := range rows {
		if r.InUse {
			if inUse[r.Kind] != "" {
				t.Errorf("got two %s models in use", r.Kind)
			}
			inUse[r.Kind] = r.Model
		}
		if r.Model == "redimnet2-b3@vox2-lm" && (r.Checksum != "pinned" || r.Origin != "catalogue" || r.Dimension != 192) {
			t.Errorf("got %+v, want it pinned in the catalogue", r)
		}
	}
	if inUse["speaker"] != "tiny@1" || inUse["tone"] == "" || inUse["vad"] == "" {
		t.Errorf("got %v in use, want tiny@1 and the built-in others", inUse)
	}
}

func TestModelsCommandsRefuseWithTheReason(t *testing.T) {
	f := modelstest.Forms()[0]
	data := t.TempDir()
	raw := modelstest.Write(t, strings.Replace(modelstest.Card("raw", f), "calibration: calibration.json\n", "", 1), f)
	out, err := modelsCommand(t.Context(), t, data, "add", raw)
	wantWords(t, out, err)
	bad := filepath.Join(t.TempDir(), "calibration.json")
	must(t, os.WriteFile(bad, []byte(`{"form": 1}`), 0o600))
	for want, args := range map[string][]string{
		"neither a folder nor in the catalogue; the nearest there is redimnet2-b3": {"add", "redimnet-b3"},
		"export the authors' weights to ONNX":                                      {"add", "titanet-large"},
		"it is another file, or damaged":                                           {"add", "redimnet2-b3", "--file", filepath.Join(raw, "tiny.onnx")},
		"there is no model tinny; the nearest is":                                  {"use", "tinny"},
		"speaker model raw@1 has no calibration":                                   {"use", "raw"},
		"the calibration has form 1":                                               {"use", "raw", "--calibration", bad},
	} {
		t.Run(want, func(t *testing.T) {
			if out, err := modelsCommand(t.Context(), t, data, args...); err == nil || !strings.Contains(out, want) {
				t.Errorf("got %v and %q, want an error with %q", err, out, want)
			}
		})
	}
	// A file of the catalogue's author that is not known by its checksum is pinned when it is added.
	out, err = modelsCommand(t.Context(), t, data, "add", "redimnet2-b1", "--file", filepath.Join(raw, "tiny.onnx"))
	wantWords(t, out, err, "none was known, so this one is recorded", "added redimnet2-b1@vox2-lm")
	if out, err := modelsCommand(t.Context(), t, data, "verify", "redimnet2-b1"); err == nil || !strings.Contains(out, "it gives 40 values, and its card says 192") {
		t.Errorf("got %v and %q, want a failure: another dimension than the card's", err, out)
	}
}

func TestServerDoesNotStartWithoutCalibration(t *testing.T) {
	f := modelstest.Forms()[0]
	s := settings(t, t.TempDir(), newReceiver(t))
	s.Models.Speaker = "raw"
	raw := modelstest.Write(t, strings.Replace(modelstest.Card("raw", f), "calibration: calibration.json\n", "", 1), f)
	out, err := modelsCommand(t.Context(), t, s.Data, "add", raw)
	wantWords(t, out, err)
	refusesToStart(t, s, "speaker model raw@1 has no calibration")
	s.Models.Speaker = "nowhere"
	refusesToStart(t, s, "there is no model nowhere")
}

// refusesToStart demands that a server does not start with the settings, and says why.
func refusesToStart(t *testing.T, s config.Settings, want string) {
	t.Helper()
	n, err := node.New(t.Context(), environment.Environment{}, s)
	if err == nil {
		t.Errorf("got a node at %s, want an error with %q", n.API, want)
	} else if !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want an error with %q", err, want)
	}
}
