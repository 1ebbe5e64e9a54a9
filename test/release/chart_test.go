package release

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The chart of a release installs the image of that release. test/deploy judges everything else of it.
func TestChartInstallsTheImageOfTheRelease(t *testing.T) {
	folder := t.TempDir()
	printed(t, exec.CommandContext(t.Context(), "tar", "-xzf", filepath.Join(given(t).folder, "timbre-"+version+".tgz"), "-C", folder))
	manifests := printed(t, exec.CommandContext(t.Context(), "go", "-C", "../deploy/judge", "run", "./chart", filepath.Join(folder, "timbre"), "image.repository=registry.example/timbre"))
	for _, want := range []string{"image: \"registry.example/timbre:" + version + "\"\n", "app.kubernetes.io/version: \"" + version + "\"\n", "helm.sh/chart: timbre-" + version + "\n"} {
		if !strings.Contains(manifests, want) {
			t.Errorf("got\n%s\nwant %s", manifests, want)
		}
	}
}
