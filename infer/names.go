package infer

import (
	ort "github.com/yalue/onnxruntime_go"

	"timbre"
)

// Names returns the names of a network's inputs and outputs, in the order of its file. Invalid: it is not an ONNX file.
func (r *Runtime) Names(onnx []byte) (inputs, outputs []string, err error) {
	in, out, err := ort.GetInputOutputInfoWithONNXData(onnx)
	if err != nil {
		return nil, nil, timbre.Errorf(timbre.Invalid, "", "it is not an ONNX file that can be run: %w", err)
	}
	for _, i := range in {
		inputs = append(inputs, i.Name)
	}
	for _, o := range out {
		outputs = append(outputs, o.Name)
	}
	return inputs, outputs, nil
}
