// Package infer runs neural networks: an ONNX file comes in once, then tensors, and tensors go out. It owns the budget of
// threads that inference may use in the whole process, whatever the number of calls. It knows nothing of speech, voices or
// tone, and it is the only package with C in it: ONNX Runtime.
package infer

import (
	"errors"
	"runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"timbre"
)

// Config of a Runtime.
type Config struct {
	// Threads is how many runs of each lane go on at a time; the others wait, first come first served. 0: one a core.
	Threads int
}

// Lane separates models by how long a run takes, so that a short one never waits for a long one.
type Lane int

const (
	Long  Lane = iota // tens of milliseconds: embeddings, tone
	Short             // below a millisecond: voice activity
)

// Runtime loads models and shares the threads among their runs. All methods may be called from many goroutines.
type Runtime struct {
	lanes   [2]chan struct{} // a token inside for each run that goes on
	options *ort.SessionOptions

	mu     sync.Mutex
	models []*Model
	closed bool
}

// New makes a Runtime. Of the process's Runtimes one is enough; each has a budget of its own.
func New(c Config) (*Runtime, error) {
	if err := environment(); err != nil {
		return nil, err
	}
	options, err := sessionOptions()
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "infer.New", "session options: %w", err)
	}
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	r := &Runtime{options: options}
	for i := range r.lanes {
		r.lanes[i] = make(chan struct{}, c.Threads)
	}
	return r, nil
}

// sessionOptions make a run stay on the thread that calls it, and share one pool of memory.
func sessionOptions() (*ort.SessionOptions, error) {
	o, err := ort.NewSessionOptions()
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		o.SetIntraOpNumThreads(1),
		o.SetInterOpNumThreads(1),
		o.AddSessionConfigEntry("session.intra_op.allow_spinning", "0"),
		o.AddSessionConfigEntry("session.inter_op.allow_spinning", "0"),
		o.AddSessionConfigEntry("session.use_env_allocators", "1"),
	)
	if err != nil {
		return nil, errors.Join(err, o.Destroy())
	}
	return o, nil
}

// Load makes a model ready to run. inputs and outputs are the names in the ONNX file, in the order in which Run takes and
// gives tensors. Loading takes tens of milliseconds; the bytes are not needed afterwards.
func (r *Runtime) Load(name string, onnx []byte, inputs, outputs []string, lane Lane) (*Model, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, timbre.Errorf(timbre.Internal, "infer.Load", "model %s: the runtime is closed", name)
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(onnx, inputs, outputs, r.options)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "infer.Load", "model %s: %w", name, err)
	}
	m := &Model{name: name, inputs: inputs, outputs: outputs, slots: r.lanes[lane], session: session}
	r.models = append(r.models, m)
	return m, nil
}

// Close waits for the runs that go on and frees all models. Runs that come later are refused.
func (r *Runtime) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	errs := make([]error, 0, len(r.models)+1)
	for _, m := range r.models {
		errs = append(errs, m.close())
	}
	return errors.Join(append(errs, r.options.Destroy())...)
}
