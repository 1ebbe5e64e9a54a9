package modelset

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"timbre"
	"timbre/config"
	"timbre/models/library"
	"timbre/models/modelstest"
	"timbre/node"
)

func TestBrokenCalibrationIsRefusedWhereverItIsMet(t *testing.T) {
	f := modelstest.Forms()[0]
	for text, want := range map[string]string{
		`{"form": 1}`: "the calibration has form 1",
		strings.Replace(modelstest.Calibration(f), "{", `{"model": "other", "version": "1",`, 1): "calibration.json: the calibration is of model other 1, not of tiny 1",
	} {
		t.Run(want, func(t *testing.T) {
			refused := func(err error) {
				t.Helper()
				if timbre.KindOf(err) != timbre.Invalid || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "tiny") {
					t.Errorf("got %v, want Invalid: %s", err, want)
				}
			}
			s := config.Defaults()
			s.Data = t.TempDir()
			l := node.Library(s)
			folder := modelstest.Write(t, modelstest.Card("tiny", f), f)
			if _, _, err := l.Add(folder); err != nil {
				t.Fatal(err)
			}
			for _, dir := range []string{folder, filepath.Join(s.Data, "models", "tiny@1")} {
				if err := os.WriteFile(filepath.Join(dir, "calibration.json"), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			_, err := l.Use("tiny", nil)
			refused(err)
			e, err := l.Find("tiny")
			if err != nil {
				t.Fatal(err)
			}
			verdicts, err := Verify(t.Context(), []library.Entry{e})
			if err != nil || verdicts[0].OK || !strings.Contains(strings.Join(verdicts[0].Findings, "\n"), want) {
				t.Errorf("got %+v, %v, want it failed", verdicts, err)
			}
			s.Data = t.TempDir()
			if _, _, err = node.Library(s).Add(folder); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got %v, want it refused", err)
			}
			given := []byte(text)
			if _, _, err := node.Library(s).Add(modelstest.Write(t, modelstest.Card("tiny", f), f)); err != nil {
				t.Fatal(err)
			}
			if _, err = node.Library(s).Use("tiny", given); timbre.KindOf(err) != timbre.Invalid {
				t.Errorf("got %v for a given one, want Invalid", err)
			}
		})
	}
}
