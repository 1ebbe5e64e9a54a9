package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// run runs a program in the folder of the sources, with some of the environment set anew, and returns what it prints. Its complaints are part of the
// error.
func (r release) run(environment []string, program string, arguments ...string) ([]byte, error) {
	var complaints bytes.Buffer
	cmd := exec.Command(program, arguments...)
	cmd.Dir, cmd.Stderr = r.source, &complaints
	cmd.Env = slices.Concat(surroundings(), environment)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, bytes.TrimSpace(complaints.Bytes()))
	}
	return out, nil
}

// surroundings is this program's environment without what would change what is built, and without settings of Timbre.
func surroundings() []string {
	return slices.DeleteFunc(os.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return name == "GOFLAGS" || name == "GOEXPERIMENT" || name == "GOAMD64" || name == "GOARM64" || strings.HasPrefix(name, "CGO_") || strings.HasPrefix(name, "TIMBRE_")
	})
}

// tool runs a Go program of another module, of which this one does not become dependent.
func (r release) tool(environment []string, program string, arguments ...string) error {
	_, err := r.run(environment, "go", slices.Concat([]string{"run", program}, arguments)...)
	return err
}
