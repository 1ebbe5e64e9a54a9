package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// report is what has been measured, by part.
type report map[string]measured

func read(file string) (r report, err error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return report{}, nil
	}
	if err != nil {
		return nil, err
	}
	return r, json.Unmarshal(text, &r)
}

func (r report) write(file string) error {
	text, err := json.Marshal(r, jsontext.Multiline(true), json.Deterministic(true))
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".json", append(text, '\n'), 0o644); err != nil {
		return err
	}
	return errors.Join(os.WriteFile(file+".md", r.page(), 0o644), os.WriteFile(filepath.Join(filepath.Dir(file), "sizing.md"), r.sizing(), 0o644))
}

const head = `# Performance

Made by ` + "`make bench-report`" + ` from [performance.json](performance.json); [what each bench measures](../bench/README.md). A core is a second of processor
time a second, of the server's process. Load generator and server share the machine. Names, voiceprints and tones are late by what is beyond the
time for which the server holds audio back before it is speech: 1.28 s. The load is that of the machine before a measurement: above
its number of processors others were working too, and times are longer than they need be. What machines follow from the figures: [Sizing](sizing.md).

Peers are measured by the same bench as the product. Two are missing: loreste/siprec, a recorder, is not to be had as a Go module, and moto imitates none
of the services that Timbre has.
`

// page is the report as a page: a table a part.
func (r report) page() []byte {
	var b bytes.Buffer
	b.WriteString(head)
	for _, p := range parts {
		m, ok := r[p.name]
		if !ok {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n`%s`\n\n", p.title, m.Command)
		if m.Missing != "" {
			fmt.Fprintf(&b, "Not measured: %s.\n", m.Missing)
			continue
		}
		b.WriteString("| figure | |\n| --- | --- |\n")
		for _, v := range m.Values {
			fmt.Fprintf(&b, "| %s | %s |\n", v.Name, v)
		}
		fmt.Fprintf(&b, "\n%s, %s; load %.1f; %.0f s of processor time.\n", m.Day, m.Machine, m.Load, m.CPU)
	}
	return b.Bytes()
}

func (v value) String() string {
	text := strconv.FormatFloat(v.Number, 'f', -1, 64)
	if digits := 2 - int(math.Floor(math.Log10(math.Max(math.Abs(v.Number), 1e-3)))); v.Number != 0 { // three of them
		text = strconv.FormatFloat(v.Number, 'f', max(0, digits), 64)
	}
	if v.Unit != "" {
		text += " " + v.Unit
	}
	return text
}

// value is a figure of a part; 0 if it was not measured.
func (r report) value(part, name string) float64 {
	for _, v := range r[part].Values {
		if v.Name == name {
			return v.Number
		}
	}
	return 0
}
