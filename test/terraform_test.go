package test

import (
	"embed"
	"path"
	"strings"
	"testing"

	"timbre/conformance"
)

//go:embed terraform/*.json
var terraform embed.FS

// The calls that Terraform's AWS provider makes for its chime resources, in its order: create, read after write, refresh of
// tags, update, import, delete, and the read that finds nothing. A file is what one configuration holds.
func TestTerraformCallSequences(t *testing.T) {
	n := start(t, settings(t, t.TempDir(), newReceiver(t)))
	files, err := terraform.ReadDir("terraform")
	must(t, err)
	for _, f := range files {
		t.Run(strings.TrimSuffix(f.Name(), ".json"), func(t *testing.T) {
			text, err := terraform.ReadFile(path.Join("terraform", f.Name()))
			must(t, err)
			report, err := conformance.Play(t.Context(), conformance.Config{Endpoint: "http://" + n.API, Credentials: testKey()}, f.Name(), text)
			must(t, err)
			checkResults(t, report.Results)
			if len(report.Results) < 10 {
				t.Errorf("%d calls", len(report.Results))
			}
		})
	}
}
