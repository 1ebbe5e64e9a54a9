package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"timbre/build"
	"timbre/config"
	"timbre/infer"
	"timbre/node"
	"timbre/store/sqlite"
)

// version is `timbre version`.
type version struct {
	JSON bool `name:"json" help:"Print JSON."`

	config.Settings `uses:"data,models"`
}

// running is what a server with the settings would run.
type running struct {
	build.Info
	ONNXRuntime string  `json:"onnxRuntime"`
	Schema      int     `json:"schema"` // of the database
	Models      []model `json:"models"`
}

type model struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	SHA256 string `json:"sha256"`
}

// Run prints what to say in a report of a fault.
func (v version) Run() error {
	runtime, err := infer.Version()
	if err != nil {
		fmt.Fprintln(os.Stderr, "timbre:", err)
	}
	is := running{Info: build.Read(), ONNXRuntime: cmp.Or(runtime, "not found"), Schema: sqlite.Schema(), Models: []model{}}
	for _, m := range node.ModelsInUse(v.Settings) {
		is.Models = append(is.Models, model{string(m.Kind), m.ID(), m.Sum})
	}
	if v.JSON {
		j := json.NewEncoder(os.Stdout)
		j.SetIndent("", "  ")
		return j.Encode(is)
	}
	return is.print(os.Stdout)
}

func (r running) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "version\t%s\ncommit\t%s\ngo\t%s\nonnxruntime\t%s\nschema\t%d\n", r.Version, r.Commit, r.Go, r.ONNXRuntime, r.Schema)
	for _, m := range r.Models {
		fmt.Fprintf(t, "%s model\t%s sha256:%s\n", m.Kind, m.ID, m.SHA256)
	}
	return t.Flush()
}
