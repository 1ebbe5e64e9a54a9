// Package modules lists the Go modules that packages are made of, for tests of their licences.
package modules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// Module is a module other than this one, and the folder that it lies in.
type Module struct{ Path, Version, Dir string }

// List returns the modules that `go list -deps` finds with its arguments, by path.
func List(args ...string) (map[string]Module, error) {
	out, err := exec.Command("go", append([]string{"list", "-deps", "-json=Module"}, args...)...).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	all := map[string]Module{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *Module }
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		}
		if p.Module != nil && p.Module.Path != "timbre" {
			all[p.Module.Path] = *p.Module
		}
	}
}

var legal = regexp.MustCompile(`(?i)^(licen[sc]e|copying|notice)`)

// Legal returns the names of the files of a folder that hold licences and notices.
func Legal(folder string) (names []string, err error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if !f.IsDir() && legal.MatchString(f.Name()) && !strings.HasSuffix(f.Name(), ".go") {
			names = append(names, f.Name())
		}
	}
	return names, nil
}
