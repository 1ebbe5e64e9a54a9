package main

import (
	"bytes"
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// program is a build of Timbre.
type program struct {
	binary, runtime               []byte // timbre, and the ONNX Runtime that it loads
	architecture, version, commit string
	committed                     time.Time // the time of everything in the image; 1970 if the build does not know it
}

// home is where the program is, with what it loads beside it.
const home = "usr/lib/timbre/"

// readProgram reads a build from a folder. What it is built for and from, the binary says itself.
func readProgram(folder string) (p program, err error) {
	path := filepath.Join(folder, "timbre")
	if p.binary, err = os.ReadFile(path); err != nil {
		return p, err
	}
	if p.runtime, err = os.ReadFile(filepath.Join(folder, "libonnxruntime.so")); err != nil {
		return p, err
	}
	info, err := buildinfo.Read(bytes.NewReader(p.binary))
	if err != nil {
		return p, fmt.Errorf("%s: %w", path, err)
	}
	p.version, p.commit, p.committed = info.Main.Version, "unknown", time.Unix(0, 0).UTC()
	if p.version == "" || p.version == "(devel)" {
		p.version = "unknown"
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "GOOS":
			if s.Value != "linux" {
				return p, fmt.Errorf("%s is a program for %s, and an image is for linux", path, s.Value)
			}
		case "GOARCH":
			p.architecture = s.Value
		case "vcs.revision":
			p.commit = s.Value
		case "vcs.time":
			if p.committed, err = time.Parse(time.RFC3339, s.Value); err != nil {
				return p, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	return p, nil
}

// image is the program on top of a base. What changes with each version comes last, so that the layers below it are pulled once.
func (p program) image(base []file) (v1.Image, error) {
	image := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	image = mutate.ConfigMediaType(image, types.OCIConfigJSON)
	for _, files := range [][]file{
		base,
		{{path: home + "libonnxruntime.so", mode: 0o644, content: p.runtime}},
		{
			{path: home + "timbre", mode: 0o755, content: p.binary},
			{path: "usr/bin/timbre", link: "../lib/timbre/timbre"},
		},
	} {
		layer, err := pack(files, p.committed)
		if err == nil {
			image, err = mutate.AppendLayers(image, layer)
		}
		if err != nil {
			return nil, err
		}
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	p.configure(config)
	return mutate.ConfigFile(image, config)
}
