package infer

/*
// The library is looked for beside the program first, then where the module cache holds it: `go run` and `go test` work
// as they are, and a program that is moved takes its two libraries along.
#cgo linux LDFLAGS: -Wl,-rpath,$ORIGIN
#cgo darwin LDFLAGS: -Wl,-rpath,@executable_path
*/
import "C"

import (
	"runtime"
	"sync"

	_ "github.com/k2-fsa/sherpa-onnx-go/sherpa_onnx" // links the ONNX Runtime library that its module carries
	ort "github.com/yalue/onnxruntime_go"

	"timbre"
)

// environment makes ONNX Runtime ready, once a process: it is the library's own global state, and stays until the end.
var environment = sync.OnceValue(func() error {
	ort.SetSharedLibraryPath(library())
	err := ort.InitializeEnvironment(ort.WithLogLevelError())
	if err == nil {
		err = arena()
	}
	if err != nil {
		return timbre.Errorf(timbre.Internal, "infer.New", "ONNX Runtime does not start: %w", err)
	}
	return nil
})

// arena makes one pool of memory for the runs of all sessions. It grows by what is asked for and no more, and is reused: a
// pool for each session, or none, takes up to twice as much.
func arena() error {
	memory, err := ort.GetMemoryInfo()
	if err != nil {
		return err
	}
	const unlimited, sameAsRequested, standard = 0, 1, -1
	settings, err := ort.NewArenaCfg(unlimited, sameAsRequested, standard, standard)
	if err != nil {
		return err
	}
	defer settings.Destroy()
	return ort.CreateAndRegisterAllocator(memory, settings)
}

// library is the name under which the program was linked with ONNX Runtime, so that opening it finds the one already there.
func library() string {
	switch runtime.GOOS {
	case "darwin":
		return "@rpath/libonnxruntime.dylib"
	case "windows":
		return "onnxruntime.dll"
	}
	return "libonnxruntime.so"
}
