package infer

import (
	"context"
	"slices"
	"sync"

	ort "github.com/yalue/onnxruntime_go"

	"timbre"
)

// Tensor is one input: its shape and its values in row-major order, of which exactly one kind is set.
type Tensor struct {
	Shape []int64
	Float []float32
	Int   []int64
}

// Model is a loaded network. Run may be called from many goroutines: the network itself keeps nothing between runs.
type Model struct {
	name            string
	inputs, outputs []string
	slots           chan struct{}

	mu      sync.RWMutex // held for reading by each run, for writing by close
	session *ort.DynamicAdvancedSession
}

// Run takes the inputs in the order of the names at Load and gives the outputs, all of them float32, likewise. It waits
// for a free thread as long as ctx lets it; a run that has begun is always finished. Inputs are only read, and the outputs
// belong to the caller.
func (m *Model) Run(ctx context.Context, inputs ...Tensor) ([][]float32, error) {
	if len(inputs) != len(m.inputs) {
		return nil, m.fault("%d inputs, want %v", len(inputs), m.inputs)
	}
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-ctx.Done():
		return nil, timbre.Errorf(timbre.Unavailable, "infer.Run", "model %s: no free thread in time: %w", m.name, ctx.Err())
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.session == nil {
		return nil, m.fault("the runtime is closed")
	}
	return m.run(inputs)
}

func (m *Model) run(inputs []Tensor) ([][]float32, error) {
	in, out := make([]ort.Value, 0, len(inputs)), make([]ort.Value, len(m.outputs))
	defer func() {
		for _, v := range append(in, out...) {
			if v != nil {
				_ = v.Destroy() // frees the handle; it cannot fail
			}
		}
	}()
	for i, t := range inputs {
		v, err := t.value()
		if err != nil {
			return nil, m.fault("input %s: %w", m.inputs[i], err)
		}
		in = append(in, v)
	}
	if err := m.session.Run(in, out); err != nil { // allocates the outputs
		return nil, m.fault("%w", err)
	}
	results := make([][]float32, len(out))
	for i, v := range out {
		floats, ok := v.(*ort.Tensor[float32])
		if !ok {
			return nil, m.fault("output %s is not of float32", m.outputs[i])
		}
		results[i] = floats.GetData() // memory of Go: it outlives the handle
	}
	return results, nil
}

// value copies the tensor for the run: C may not be given memory that lies in a Go object with pointers, and the caller's
// slice may.
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

func (m *Model) fault(format string, args ...any) error {
	return timbre.Errorf(timbre.Internal, "infer.Run", "model "+m.name+": "+format, args...)
}
