package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

const onnxruntime = "github.com/k2-fsa/sherpa-onnx-go-linux" // the module that carries ONNX Runtime

// compile builds the program of a platform, and puts its library beside it.
func (r release) compile(p platform) error {
	if err := errors.Join(os.RemoveAll(r.folder(p)), os.MkdirAll(r.folder(p), 0o755)); err != nil {
		return err
	}
	program := filepath.Join(r.folder(p), "timbre")
	// What serves debuggers is left out, that of the C compiler's own objects too: it would tell where both lie.
	is := r.module + "/build"
	flags := fmt.Sprintf("-s -w -buildid= -extldflags=-Wl,--strip-all -X %s.version=v%s -X %s.commit=%s", is, r.version, is, r.commit)
	compiler, err := r.compiler(p)
	if err != nil {
		return err
	}
	c := []string{"CGO_ENABLED=1", "CC=" + compiler, "CGO_CFLAGS=-O2 -g0"}
	_, err = r.run(append(c, "GOOS="+p.os, "GOARCH="+p.arch), "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", program, "./cmd/timbre")
	if err != nil {
		return err
	}
	library, err := r.library(p)
	if err != nil {
		return err
	}
	for _, file := range []string{program, library} {
		if err := runsWith(file, glibc); err != nil {
			return err
		}
	}
	return nil
}

// compiler is the C compiler for a platform: zig, which has the headers and symbols of every C library within it.
func (r release) compiler(p platform) (string, error) {
	here, err := filepath.Abs("release/.venv/bin/python")
	if err == nil {
		_, err = os.Stat(here)
	}
	if err != nil {
		return "", fmt.Errorf("no C compiler, which release/prepare installs: %w", err)
	}
	return fmt.Sprintf("%q -m ziglang cc -target %s", here, p.target), nil
}

// library copies ONNX Runtime.
func (r release) library(p platform) (string, error) {
	if _, err := r.run(nil, "go", "mod", "download", onnxruntime); err != nil {
		return "", err
	}
	module, err := r.run(nil, "go", "list", "-m", "-f", "{{.Dir}}", onnxruntime)
	if err != nil {
		return "", err
	}
	file := filepath.Join(r.folder(p), "libonnxruntime.so")
	return file, replicate(filepath.Join(strings.TrimSpace(string(module)), "lib", p.runtime, "libonnxruntime.so"), file)
}

// replicate copies a file, which everybody may read.
func replicate(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return write(to, text)
}

// write writes a file that everybody may read, whatever the umask is.
func write(file string, text []byte) error {
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return err
	}
	return os.Chmod(file, 0o644)
}
