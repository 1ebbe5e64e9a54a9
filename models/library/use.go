package library

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"

	"timbre"
	"timbre/models/card"
	"timbre/plainyaml"
)

// useFile says which model of a kind is used, if it is not the built-in one.
const useFile = "use.yaml"

// maxUse is its maximum size, in bytes.
const maxUse = 64 << 10

// used returns the names of the models in use that are not built-in by default.
func (l *Library) used() (map[card.Kind]string, error) {
	use, err := l.set()
	for kind, name := range l.named {
		if name != "" {
			use[kind] = name
		}
	}
	return use, err
}

// set returns what Use has set.
func (l *Library) set() (map[card.Kind]string, error) {
	use := map[card.Kind]string{}
	text, err := ReadFile(filepath.Join(l.folder, useFile), maxUse)
	if timbre.KindOf(err) == timbre.NotFound {
		return use, nil
	}
	if err == nil {
		err = decode(text, &use)
	}
	if use == nil { // of an empty document
		use = map[card.Kind]string{}
	}
	if err != nil {
		return use, timbre.Errorf(timbre.Invalid, "", "%s cannot be read: remove it to use the built-in models: %w", filepath.Join(l.folder, useFile), err)
	}
	return use, nil
}

func decode(text []byte, into *map[card.Kind]string) error {
	file, err := plainyaml.Parse(text)
	if err != nil {
		return err
	}
	if err := plainyaml.Decode(file, into); err != nil {
		return plainyaml.Fault(err)
	}
	return nil
}

// Use makes a model the one of its kind that servers of this data folder use from their next start on. The model's checksum is
// verified first. calibration, if it is not nil, becomes that of the model.
func (l *Library) Use(name string, calibration []byte) (Entry, error) {
	e, err := l.Find(name)
	if err != nil {
		return e, err
	}
	if _, err := e.Load(); err != nil {
		return e, err
	}
	if calibration == nil {
		_, err = e.Calibration()
	} else if l.Check != nil {
		err = l.Check(e.Card, calibration)
	}
	if err != nil {
		return e, err
	}
	if name := l.named[e.Card.Kind]; name != "" && !e.is(name) {
		return e, timbre.Errorf(timbre.Conflict, "", "the setting models.%s names %s: change it there", e.Card.Kind, name)
	}
	use, err := l.set()
	if err != nil {
		return e, err
	}
	if calibration != nil { // after all that may refuse
		if e, err = l.calibrate(e, calibration); err != nil {
			return e, err
		}
	}
	use[e.Card.Kind] = e.Card.ID()
	if e.BuiltIn {
		delete(use, e.Card.Kind) // so that the next version's model is used when it comes
	}
	text, err := yaml.Marshal(use)
	if err != nil {
		return e, err
	}
	e.InUse = true
	return e, l.write(".", useFile, text)
}

// calibrate gives an added model a calibration.
func (l *Library) calibrate(e Entry, calibration []byte) (Entry, error) {
	switch {
	case e.BuiltIn:
		return e, timbre.Errorf(timbre.Invalid, "", "model %s is built in and has its calibration", e.Card.ID())
	case e.Card.Kind != card.Speaker:
		return e, timbre.Errorf(timbre.Invalid, "", "model %s is a %s model: only that of a speaker model can be given here", e.Card.ID(), e.Card.Kind)
	}
	e.Card.Calibration = "calibration.json"
	text, err := e.Card.Format()
	if err != nil {
		return e, err
	}
	if err := l.write(e.Card.ID(), e.Card.Calibration, calibration); err != nil {
		return e, err
	}
	return e, l.write(e.Card.ID(), card.File, text)
}

// write replaces a file of the library whole, or not at all.
func (l *Library) write(folder, name string, text []byte) error {
	folder = filepath.Join(l.folder, folder)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(folder, name))
}
