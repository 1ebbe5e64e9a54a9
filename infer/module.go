//go:build never

package infer

import _ "github.com/k2-fsa/sherpa-onnx-go-linux" // carries the library: go.mod requires it, and nothing of it is built
