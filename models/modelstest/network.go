package modelstest

import "math"

// Values is the number of values of an embedding of a tiny speaker model.
const Values = 40

// Waveform is a speaker model of samples [1, n] at a rate: its embedding is the spectrum of Values bands up to 3.6 kHz.
func Waveform(rate int) []byte {
	const taps = 128
	kernel := make([]float32, 0, 2*Values*taps)
	for _, part := range []func(float64) float64{math.Cos, math.Sin} {
		for band := range Values {
			hz := 150 + 3450*float64(band)/(Values-1)
			for i := range taps {
				x := 2 * math.Pi * float64(i)
				kernel = append(kernel, float32((0.5-0.5*math.Cos(x/taps))*part(hz*x/float64(rate))))
			}
		}
	}
	return network(tensor("samples", 1, 0), tensor("embedding", 1, Values),
		[]message{
			integers("line", 1, 1, -1), integers("pair", 2, Values, -1),
			floats("kernel", []int64{2 * Values, 1, taps}, kernel), floats("floor", []int64{1}, []float32{1e-7}), integers("first", 0),
		},
		append([]message{
			node("Reshape", []string{"samples", "line"}, []string{"one"}),
			node("Conv", []string{"one", "kernel"}, []string{"waves"}, numbers("strides", 64)),
			node("Mul", []string{"waves", "waves"}, []string{"squares"}),
			node("Reshape", []string{"squares", "pair"}, []string{"pairs"}),
			node("ReduceSum", []string{"pairs", "first"}, []string{"power"}, number("keepdims", 1)),
			node("Add", []string{"power", "floor"}, []string{"above"}),
			node("Log", []string{"above"}, []string{"rows"}),
		}, direction(2)...))
}

// Rows is a speaker model of a filterbank of Values filters: [1, T, F], or [1, F, T] if columns is true.
func Rows(columns bool) []byte {
	shape, time := []int64{1, 0, Values}, int64(1)
	if columns {
		shape, time = []int64{1, Values, 0}, 2
	}
	return network(tensor("rows", shape...), tensor("embedding", 1, Values), nil, direction(time))
}

// direction averages "rows" over time, removes the mean over the bands and scales to length 1.
func direction(time int64) []message {
	return []message{
		node("ReduceMean", []string{"rows"}, []string{"mean"}, numbers("axes", time), number("keepdims", 0)),
		node("ReduceMean", []string{"mean"}, []string{"level"}, numbers("axes", 1), number("keepdims", 1)),
		node("Sub", []string{"mean", "level"}, []string{"shape"}),
		node("LpNormalization", []string{"shape"}, []string{"embedding"}, number("axis", 1), number("p", 2)),
	}
}

// Loudness is a spoof model: a score near 1 for audio with an average magnitude above a limit, near 0 for what is quieter.
func Loudness(limit float32) []byte {
	return network(tensor("samples", 1, 0), tensor("score", 1, 1),
		[]message{floats("limit", []int64{1, 1}, []float32{limit}), floats("slope", []int64{1, 1}, []float32{20 / limit})},
		[]message{
			node("Abs", []string{"samples"}, []string{"magnitude"}),
			node("ReduceMean", []string{"magnitude"}, []string{"mean"}, numbers("axes", 1), number("keepdims", 1)),
			node("Sub", []string{"mean", "limit"}, []string{"above"}),
			node("Mul", []string{"above", "slope"}, []string{"steep"}),
			node("Sigmoid", []string{"steep"}, []string{"score"}),
		})
}

// Counter is a voice activity model in the published form of Silero's, a window of each leg in a run: its score is the average magnitude of
// the window, and its state counts windows.
func Counter() []byte {
	return graph([]message{tensor("input", 0, 0), tensor("state", 2, 0, 128), tensorOf(int64s, "sr", 1)},
		[]message{tensor("output", 0, 1), tensor("stateN", 2, 0, 128)},
		[]message{floats("one", []int64{1}, []float32{1})},
		[]message{
			node("Abs", []string{"input"}, []string{"magnitude"}),
			node("ReduceMean", []string{"magnitude"}, []string{"output"}, numbers("axes", 1), number("keepdims", 1)),
			node("Add", []string{"state", "one"}, []string{"stateN"}),
		})
}

// CounterCard is the text of a card for Counter.
func CounterCard(name string) string {
	return text(name, "vad", Counter(), "input: {form: waveform, rate: 8000, min_samples: 288, max_samples: 288}\ninputs: [input, state, sr]\noutputs: [output, stateN]\ndimension: 1\n")
}
