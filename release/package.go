package main

import (
	"fmt"
	"path/filepath"
)

const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.0"

// packages makes a platform's packages, as release/nfpm.yaml describes them, and returns their files.
func (r release) packages(p platform) (files []string, err error) {
	environment := []string{"VERSION=" + r.version, "ARCH=" + p.arch, "FOLDER=" + r.folder(p), fmt.Sprint("SOURCE_DATE_EPOCH=", r.time.Unix())}
	for _, format := range []string{"deb", "rpm"} {
		file := filepath.Join(r.out, r.name(p)+"."+format)
		if err := r.tool(environment, nfpm, "package", "--config", "release/nfpm.yaml", "--packager", format, "--target", file); err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}
