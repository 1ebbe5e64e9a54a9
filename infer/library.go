package infer

/*
// A program that was moved finds the library beside itself.
#cgo linux LDFLAGS: -Wl,-rpath,$ORIGIN
*/
import "C"

import (
	"go/build"
	"os"
	"path/filepath"
	"runtime"
)

// The ONNX Runtime library is a file of a module of which nothing is linked. The build copies it beside the program.
const (
	libraryFile   = "libonnxruntime.so"
	libraryModule = "github.com/k2-fsa/sherpa-onnx-go-linux@v1.13.8" // as go.mod requires it
)

// library is what dlopen takes: a name, which is searched beside the program and then where the system has its libraries, or
// the file in the module cache, so that go run and go test work as they are.
func library() string {
	cached := filepath.Join(moduleCache(), libraryModule, "lib", libraryFolder(), libraryFile)
	if exists(besideProgram()) || !exists(cached) {
		return libraryFile
	}
	return cached
}

func besideProgram() string {
	program, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Join(filepath.Dir(program), libraryFile)
}

// moduleCache is the folder of the go command's modules.
func moduleCache() string {
	if cache := os.Getenv("GOMODCACHE"); cache != "" {
		return cache
	}
	paths := filepath.SplitList(build.Default.GOPATH)
	if len(paths) == 0 {
		return ""
	}
	return filepath.Join(paths[0], "pkg", "mod")
}

// libraryFolder is the module's for this machine.
func libraryFolder() string {
	return map[string]string{
		"amd64": "x86_64-unknown-linux-gnu", "arm64": "aarch64-unknown-linux-gnu", "arm": "arm-unknown-linux-gnueabihf",
	}[runtime.GOARCH]
}

func exists(file string) bool {
	info, err := os.Stat(file)
	return err == nil && info.Mode().IsRegular()
}
