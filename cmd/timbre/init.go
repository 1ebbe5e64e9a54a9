package main

import (
	"errors"
	"fmt"
	"os"

	"timbre/config"
)

// beginning is `timbre init`.
type beginning struct {
	File string `arg:"" default:"timbre.yaml" help:"File to write. It must not exist."`
	Data string `placeholder:"FOLDER" help:"Data folder to set in it; by default the one that the server has without a setting."`
}

// Run writes a file with every setting, which only its owner can read: it may come to hold secrets.
func (b beginning) Run() error {
	f, err := os.OpenFile(b.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(config.Template(b.Data))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	_, err = fmt.Printf("%s has every setting, commented out. Change what you need, then: timbre serve --config %[1]s\n", b.File)
	return err
}
