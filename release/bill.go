package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

const cyclonedx = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.9.0"

// bill writes a platform's bill of materials, in the format CycloneDX: the modules that the program is made of, and the models and the
// library, which only we know of.
func (r release) bill(p platform, known facts, file string) error {
	err := r.tool(nil, cyclonedx, "bin", "-json", "-std", "-licenses", "-assert-licenses", "-noserial", "-version", "v"+r.version,
		"-output", file, filepath.Join(r.folder(p), "timbre"))
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	library, err := digest(filepath.Join(r.folder(p), "libonnxruntime.so"))
	if err != nil {
		return err
	}
	text, err = complete(text, r.time, ingredients(known, library))
	if err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	return write(file, text)
}

// component is one of a bill of materials.
type component struct {
	Ref     string `json:"bom-ref"`
	Type    string `json:"type"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Hashes  []hash `json:"hashes"`
}

type hash struct {
	Algorithm string `json:"alg"`
	Content   string `json:"content"`
}

// ingredients are the components that are no Go modules.
func ingredients(known facts, library string) []component {
	all := []component{{"onnxruntime", "library", "ONNX Runtime", known.ONNXRuntime, []hash{{"SHA-256", library}}}}
	for _, m := range known.Models {
		all = append(all, component{"model:" + m.Kind, "machine-learning-model", m.ID, "", []hash{{"SHA-256", m.SHA256}}})
	}
	return all
}

// complete adds components to a bill of materials, and takes from it what differs from one run to the next.
func complete(text []byte, at time.Time, added []component) ([]byte, error) {
	var bill map[string]any
	if err := json.Unmarshal(text, &bill); err != nil {
		return nil, err
	}
	metadata, _ := bill["metadata"].(map[string]any)
	components, _ := bill["components"].([]any)
	tools, _ := metadata["tools"].([]any)
	if len(components) == 0 || len(tools) == 0 {
		return nil, fmt.Errorf("got %d components and %d tools, want some", len(components), len(tools))
	}
	for _, c := range added {
		components = append(components, c)
	}
	bill["components"] = components
	metadata["timestamp"] = at.Format(time.RFC3339)
	for _, t := range tools {
		if tool, ok := t.(map[string]any); ok {
			delete(tool, "hashes") // of a program that was compiled here
		}
	}
	return json.MarshalIndent(bill, "", "  ")
}

// digest is the SHA-256 of a file, in hexadecimal.
func digest(file string) (string, error) {
	text, err := os.ReadFile(file)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}
