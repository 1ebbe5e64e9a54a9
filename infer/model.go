package infer

import (
	"context"
	"slices"
	"sync"
	"time"

	ort "github.com/yalue/onnxruntime_go"

	"timbre"
)

// Tensor is an input: its shape and its values in row-major order. Either Float or Int is set.
type Tensor struct {
	Shape []int64
	Float []float32
	Int   []int64
}

// Model is a loaded network. It is safe for concurrent use: it keeps no state between runs.
type Model struct {
	name            string
	inputs, outputs []string
	front           front
	dimension       int // 0: any
	queue           *queue
	line            line
	pace            pace
	metrics         runMetrics

	mu      sync.RWMutex // held for reading by each run, for writing by close
	session *ort.DynamicAdvancedSession
}

// Run takes the inputs and returns the outputs, all of float32, in the order of the names given to Load. It waits for a free
// thread until ctx ends (Unavailable); a run in progress is always completed. Inputs are only read; outputs belong to the
// caller.
func (m *Model) Run(ctx context.Context, inputs ...Tensor) ([][]float32, error) {
	if len(inputs) != len(m.inputs) {
		return nil, m.errorf("%d inputs, want %v", len(inputs), m.inputs)
	}
	if err := m.enter(ctx); err != nil {
		m.metrics.failures.Inc()
		return nil, err
	}
	defer m.queue.leave()
	return m.timed(inputs...)
}

// timed runs on a thread that the caller has, and measures it.
func (m *Model) timed(inputs ...Tensor) (out [][]float32, err error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.session == nil {
		return nil, m.errorf("the runtime is closed")
	}
	m.queue.own.do(func() {
		began := time.Now()
		out, err = m.run(inputs)
		took := time.Since(began)
		m.metrics.run.Observe(took.Seconds())
		m.pace.run(took)
	})
	if err != nil {
		m.metrics.failures.Inc()
	}
	return out, err
}

// enter waits for a free thread.
func (m *Model) enter(ctx context.Context) error {
	if m.queue.tryEnter() {
		m.metrics.wait.Observe(0)
		return nil
	}
	leave := m.line.join(ctx)
	defer func() { m.metrics.wait.Observe(leave().Seconds()) }()
	if m.queue.enter(ctx) != nil {
		return m.noThread(ctx)
	}
	return nil
}

// Overdue is by how much the waiting run that was due first is late; 0: none is. See timbre.WithDueTime.
func (m *Model) Overdue() time.Duration { return m.line.overdue() }

func (m *Model) noThread(ctx context.Context) error {
	return timbre.Errorf(timbre.Unavailable, "infer.Run", "model %s: no free thread in time: %w", m.name, ctx.Err())
}

func (m *Model) run(inputs []Tensor) ([][]float32, error) {
	in, out := make([]ort.Value, 0, len(inputs)), make([]ort.Value, len(m.outputs))
	defer func() {
		for _, v := range append(in, out...) {
			if v != nil {
				_ = v.Destroy() // frees the handle and cannot fail
			}
		}
	}()
	for i, t := range inputs {
		v, err := t.value()
		if err != nil {
			return nil, m.errorf("input %s: %w", m.inputs[i], err)
		}
		in = append(in, v)
	}
	if err := m.session.Run(in, out); err != nil { // allocates the outputs
		return nil, m.errorf("%w", err)
	}
	results := make([][]float32, len(out))
	for i, v := range out {
		floats, ok := v.(*ort.Tensor[float32])
		if !ok {
			return nil, m.errorf("output %s is not of float32", m.outputs[i])
		}
		results[i] = floats.GetData() // Go memory, which outlives the handle
	}
	return results, nil
}

// value copies the tensor for the run: cgo forbids memory that lies in a Go object with pointers, as the caller's slice may.
func (t Tensor) value() (ort.Value, error) {
	if t.Int != nil {
		return ort.NewTensor(ort.Shape(t.Shape), slices.Clone(t.Int))
	}
	return ort.NewTensor(ort.Shape(t.Shape), slices.Clone(t.Float))
}

func (m *Model) close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	err := m.session.Destroy()
	m.session = nil
	return err
}

func (m *Model) errorf(format string, args ...any) error {
	return timbre.Errorf(timbre.Internal, "infer.Run", "model "+m.name+": "+format, args...)
}
