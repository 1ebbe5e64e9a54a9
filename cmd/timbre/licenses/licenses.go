// Package licenses holds the licences of what the binary contains: the Go modules, the Go standard library, ONNX Runtime, which
// lies beside the binary, what a C compiler adds, the models, and the parts of the web console. It provides one text.
package licenses

import _ "embed" // the text

//go:embed licenses.txt
var text string

// Text returns all licences, each under the name and version of what it covers.
func Text() string { return text }
