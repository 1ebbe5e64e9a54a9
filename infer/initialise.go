package infer

import (
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"timbre"
)

// initialise loads ONNX Runtime, once a process: its state is global to the library, and stays until the process ends.
var initialise = sync.OnceValue(func() error {
	ort.SetSharedLibraryPath(library())
	err := ort.InitializeEnvironment(ort.WithLogLevelError())
	if err == nil {
		err = shareArena()
	}
	if err != nil {
		return timbre.Errorf(timbre.Internal, "infer.New", "cannot load ONNX Runtime, whose %s belongs beside the program: %w", libraryFile, err)
	}
	return nil
})

// shareArena makes one memory arena for the runs of all sessions, which grows by what is requested. An arena for each session, or
// none, takes up to twice the memory.
func shareArena() error {
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
