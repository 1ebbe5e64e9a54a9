package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// versioned are the lines of Chart.yaml that the version of a release takes the place of.
var versioned = regexp.MustCompile(`(?m)^(version|appVersion):.*$`)

// chart packs the chart under the name that Helm gives it. It is of the version of the release, and so is the image that it names by its tag.
func (r release) chart() (file string, err error) {
	staged, err := os.MkdirTemp("", "timbre-chart-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(staged) }()
	if err := os.CopyFS(staged, os.DirFS(filepath.Join(r.source, "release", "chart"))); err != nil {
		return "", err
	}
	about := filepath.Join(staged, "Chart.yaml")
	text, err := os.ReadFile(about)
	if err != nil {
		return "", err
	}
	text = versioned.ReplaceAllFunc(text, func(line []byte) []byte {
		if strings.HasPrefix(string(line), "app") {
			return []byte(`appVersion: "` + tag(r.version) + `"`)
		}
		return []byte(`version: "` + r.version + `"`)
	})
	if err := write(about, text); err != nil {
		return "", err
	}
	file = filepath.Join(r.out, "timbre-"+r.version+".tgz")
	return file, pack(staged, "timbre", file, r.time)
}

// tag is the tag of the image of a version: it has not every character that a version may have.
func tag(version string) string { return strings.ReplaceAll(version, "+", "-") }
