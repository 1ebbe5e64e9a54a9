// Package infer runs neural networks on ONNX Runtime: an ONNX file comes in once, then tensors; tensors go out. It bounds the
// threads that inference uses in the whole process, whatever the number of calls. It knows nothing of speech, voices or tone,
// and is the only package with cgo.
package infer

import (
	"errors"
	"runtime"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"timbre"
	"timbre/environment"
)

// Config of a Runtime.
type Config struct {
	// Threads is how many runs of each queue are in progress at a time; the others wait, earliest deadline first: see timbre.WithDueTime. 0: one a core.
	Threads int
}

// Queue separates models by the duration of a run, so that a short run never waits for a long one.
type Queue int

const (
	Long  Queue = iota // tens of milliseconds: embeddings, tone
	Short              // below a millisecond: voice activity
)

// Runtime loads models and shares threads among their runs. It is safe for concurrent use.
type Runtime struct {
	queues  [2]queue
	options *ort.SessionOptions
	metrics *metrics

	mu      sync.Mutex
	models  []*Model
	batches []*Batch
	closed  bool
}

// New makes a Runtime. A process needs one; each has threads of its own. Internal: ONNX Runtime cannot be loaded.
func New(env environment.Environment, c Config) (*Runtime, error) {
	if err := initialise(); err != nil {
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
	for i := range r.queues {
		r.queues[i].threads = c.Threads
	}
	r.queues[Long].own = newThreads(c.Threads)
	r.metrics = newMetrics(env.Metrics, r)
	return r, nil
}

// sessionOptions keep a run on the thread that calls it and share one memory arena.
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

// Load loads a model, whose runs wait in a queue. It takes tens of milliseconds; the file is not needed afterwards.
func (r *Runtime) Load(m timbre.ONNXModel, queue Queue) (*Model, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, timbre.Errorf(timbre.Internal, "infer.Load", "model %s: the runtime is closed", m)
	}
	session, err := ort.NewDynamicAdvancedSessionWithONNXData(m.ONNX, m.Inputs, m.Outputs, r.options)
	if err != nil {
		return nil, timbre.Errorf(timbre.Internal, "infer.Load", "model %s: %w", m, err)
	}
	loaded := &Model{
		name: m.String(), inputs: m.Inputs, outputs: m.Outputs, front: newFront(m.Input), dimension: m.Dimension,
		queue: &r.queues[queue], metrics: r.metrics.of(m.String()), session: session,
	}
	r.models = append(r.models, loaded)
	return loaded, nil
}

// waiting are the runs that wait, by the name of their model.
func (r *Runtime) waiting() map[string]*line {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := map[string]*line{}
	for _, m := range r.models {
		lines[m.name] = &m.line
	}
	return lines
}

// Close waits for the runs in progress and frees all models. Later runs fail.
func (r *Runtime) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	for _, b := range r.batches {
		b.close()
	}
	errs := make([]error, 0, len(r.models)+1)
	for _, m := range r.models {
		errs = append(errs, m.close())
	}
	r.queues[Long].own.close()
	return errors.Join(append(errs, r.options.Destroy())...)
}

// Version returns the version of ONNX Runtime. Internal: it cannot be loaded.
func Version() (string, error) {
	if err := initialise(); err != nil {
		return "", err
	}
	return ort.GetVersion(), nil
}
