package trial

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"timbre"
)

// row is a line of a CSV list: the cells by the names of their columns.
type row struct {
	cells map[string]string
	line  int
}

// separator is that of the columns of a CSV list; zero if the text does not begin with a line of names, with some among them.
func separator(text []byte, names ...string) rune {
	head, _, _ := bytes.Cut(text, []byte("\n"))
	for _, s := range ",;\t" {
		columns := strings.Split(strings.ToLower(string(head)), string(s))
		for i, c := range columns {
			columns[i] = strings.Trim(strings.TrimSpace(c), `"`)
		}
		if !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(columns, n) }) {
			return s
		}
	}
	return 0
}

// rows reads a CSV list line by line: each gets a line, whose names are in lower case and which it must not keep.
func rows(text []byte, separator rune, each func(row) error) error {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.Comment = separator, '#'
	r.TrimLeadingSpace = separator != '\t'
	head, err := r.Read()
	if err != nil {
		return timbre.Errorf(timbre.Invalid, "", "%w", err)
	}
	for i, c := range head {
		head[i] = strings.ToLower(strings.TrimSpace(c))
	}
	for x := (row{cells: map[string]string{}}); ; {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return timbre.Errorf(timbre.Invalid, "", "%w", err)
		}
		clear(x.cells)
		for i, c := range cells {
			x.cells[head[i]] = strings.TrimSpace(c)
		}
		x.line, _ = r.FieldPos(0)
		if err := each(x); err != nil {
			return err
		}
	}
}
