// Package modelstest makes tiny models for tests: ONNX files of a kilobyte and their folders. They compute the long-term spectrum of
// a voice, which tells the demo's callers apart, and no one else's.
package modelstest

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// The numbers of fields below are those of onnx.proto.

// message is a protocol buffer in the making.
type message []byte

func (m message) number(field protowire.Number, v int64) message {
	return protowire.AppendVarint(protowire.AppendTag(m, field, protowire.VarintType), uint64(v))
}

func (m message) text(field protowire.Number, s string) message {
	return protowire.AppendString(protowire.AppendTag(m, field, protowire.BytesType), s)
}

func (m message) part(field protowire.Number, p []byte) message {
	return protowire.AppendBytes(protowire.AppendTag(m, field, protowire.BytesType), p)
}

// node is an operation. Its attributes are integers.
func node(op string, inputs, outputs []string, attributes ...message) message {
	var m message
	for _, in := range inputs {
		m = m.text(1, in)
	}
	for _, out := range outputs {
		m = m.text(2, out)
	}
	m = m.text(4, op)
	for _, a := range attributes {
		m = m.part(5, a)
	}
	return m
}

func number(name string, v int64) message {
	return message(nil).text(1, name).number(3, v).number(20, 2)
}

func numbers(name string, list ...int64) message {
	m := message(nil).text(1, name)
	for _, v := range list {
		m = m.number(8, v)
	}
	return m.number(20, 7)
}

// floats is a constant tensor.
func floats(name string, shape []int64, values []float32) message {
	raw := make([]byte, 0, 4*len(values))
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	return constant(name, float32s, shape, raw)
}

func integers(name string, values ...int64) message {
	var raw []byte
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	return constant(name, int64s, []int64{int64(len(values))}, raw)
}

func constant(name string, kind int64, shape []int64, raw []byte) message {
	var m message
	for _, d := range shape {
		m = m.number(1, d)
	}
	return m.number(2, kind).text(8, name).part(9, raw)
}

// The types of elements.
const (
	float32s = 1
	int64s   = 7
)

// tensor declares an input or output of float32. A dimension of 0 is free.
func tensor(name string, shape ...int64) message { return tensorOf(float32s, name, shape...) }

func tensorOf(elements int64, name string, shape ...int64) message {
	var dims message
	for _, d := range shape {
		dim := message(nil).number(1, d)
		if d == 0 {
			dim = message(nil).text(2, "n")
		}
		dims = dims.part(1, dim)
	}
	kind := message(nil).number(1, elements).part(2, dims)
	return message(nil).text(1, name).part(2, message(nil).part(1, kind))
}

// network is an ONNX file with one input and one output.
func network(input, output message, constants, nodes []message) []byte {
	return graph([]message{input}, []message{output}, constants, nodes)
}

// graph is an ONNX file.
func graph(inputs, outputs, constants, nodes []message) []byte {
	var g message
	for _, n := range nodes {
		g = g.part(1, n)
	}
	g = g.text(2, "tiny")
	for _, c := range constants {
		g = g.part(5, c)
	}
	for _, in := range inputs {
		g = g.part(11, in)
	}
	for _, out := range outputs {
		g = g.part(12, out)
	}
	opset := message(nil).text(1, "").number(2, 13)
	return message(nil).number(1, 8).part(7, g).part(8, opset)
}
