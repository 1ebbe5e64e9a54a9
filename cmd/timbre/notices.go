package main

import (
	"io"
	"os"

	"timbre/cmd/timbre/licenses"
)

// notices is `timbre licenses`.
type notices struct{}

// Run prints the licences.
func (notices) Run() error {
	_, err := io.WriteString(os.Stdout, licenses.Text())
	return err
}
