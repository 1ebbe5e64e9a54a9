package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// images writes the container image of each platform, and one of all if they are several. Debian's packages, which an image has besides the
// program, are those of a folder, or of today.
func (r release) images(all []platform, packages string) (files []string, err error) {
	if packages == "" {
		if packages, err = os.MkdirTemp("", "timbre-debian-"); err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(packages) }()
	}
	arguments := []string{"-out", r.out, "-packages", packages, "-version", r.version, "-commit", r.commit, "-time", r.time.Format(time.RFC3339)}
	for _, p := range all {
		arguments = append(arguments, r.folder(p))
	}
	written, err := r.run(nil, "go", slices.Concat([]string{"run", "./release/image"}, arguments)...)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(written)) {
		field := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(field) != 3 {
			return nil, fmt.Errorf("got %q of an image, want its name, digest and file", line)
		}
		files = append(files, field[2])
	}
	return files, nil
}
