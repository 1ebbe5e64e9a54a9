// Package modelset is `timbre models`: it lists, adds, chooses, verifies and migrates models. Names and folders come in; lines or
// JSON go out. What a model folder is, and where it is kept, is for package models.
package modelset

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"timbre/models/card"
	"timbre/models/catalogue"
	"timbre/models/library"
)

// Row is one line of the list.
type Row struct {
	Model     string
	Kind      card.Kind
	Origin    string // built-in, added or catalogue
	InUse     bool
	Dimension int
	Licence   string
	Checksum  string // ok, pinned, or what is wrong
}

// Rows lists the models of a library, each with its checksum verified, and those of the catalogue that have not been added.
func Rows(l *library.Library) ([]Row, error) {
	entries, err := l.List()
	if err != nil {
		return nil, err
	}
	var rows []Row
	known := map[string]bool{}
	for _, e := range entries {
		r := Row{Model: e.Card.ID(), Kind: e.Card.Kind, Origin: "added", InUse: e.InUse, Dimension: e.Card.Dimension, Licence: e.Card.Licence, Checksum: "ok"}
		if e.BuiltIn {
			r.Origin = "built-in"
		}
		if _, err := e.Load(); err != nil {
			r.Checksum = err.Error()
		}
		known[r.Model] = true
		rows = append(rows, r)
	}
	for _, e := range catalogue.All() {
		if known[e.Card.ID()] {
			continue
		}
		r := Row{Model: e.Card.ID(), Kind: e.Card.Kind, Origin: "catalogue", Dimension: e.Card.Dimension, Licence: e.Card.Licence, Checksum: "at first add"}
		if e.Card.Sum != "" {
			r.Checksum = "pinned"
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// PrintRows prints a row a line, or JSON.
func PrintRows(out io.Writer, rows []Row, asJSON bool) error {
	if asJSON {
		return printJSON(out, rows)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "MODEL\tKIND\tORIGIN\tIN USE\tVALUES\tLICENCE\tCHECKSUM")
	for _, r := range rows {
		use := ""
		if r.InUse {
			use = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", r.Model, r.Kind, r.Origin, use, r.Dimension, r.Licence, r.Checksum)
	}
	return table.Flush()
}

func printJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}
