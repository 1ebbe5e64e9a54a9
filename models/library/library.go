// Package library keeps the models of a data folder: those that come with the program and those that the operator adds. Folders and
// names come in; cards and their folders go out. It remembers which model of each kind a server uses. It runs nothing.
package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"timbre"
	"timbre/models"
	"timbre/models/card"
)

// Library is the models of one data folder. The folder models below it is created when the first is added.
type Library struct {
	// Check demands of a model's calibration what the library does not know; nil: nothing. Set it before the first use.
	Check func(c card.Card, calibration []byte) error

	folder string
	named  map[card.Kind]string
}

// Open returns the library of a data folder, which need not exist. named are models that settings name, by NAME or NAME@VERSION; of
// a kind with an empty name, the one that Use has set is in use, or else the built-in one.
func Open(data string, named map[card.Kind]string) *Library {
	return &Library{folder: filepath.Join(data, "models"), named: named}
}

// Entry is one model of a library.
type Entry struct {
	Card    card.Card
	BuiltIn bool
	InUse   bool
	Err     error // why its card cannot be read; Card then has a name alone
	Folder  fs.FS

	check func(c card.Card, calibration []byte) error
}

// Load reads the model and verifies its checksum.
func (e Entry) Load() (timbre.ONNXModel, error) {
	if e.Err != nil {
		return timbre.ONNXModel{}, e.Err
	}
	m, err := e.Card.Load(e.Folder)
	return m, about(e.Card.ID(), err)
}

// Calibration reads and checks the calibration of a model; nil without one.
func (e Entry) Calibration() ([]byte, error) {
	document, err := e.Card.ReadCalibration(e.Folder)
	if err == nil {
		err = checked(e.check, e.Card, document)
	}
	return document, about(e.Card.ID(), err)
}

// checked checks the calibration of a model, if it has one.
func checked(check func(card.Card, []byte) error, c card.Card, document []byte) error {
	if check == nil || document == nil {
		return nil
	}
	if err := check(c, document); err != nil {
		return timbre.Errorf(timbre.KindOf(err), "", "%s: %w", c.Calibration, err)
	}
	return nil
}

// about says which model an error is about.
func about(id string, err error) error {
	if err == nil {
		return nil
	}
	return timbre.Errorf(timbre.KindOf(err), "", "model %s: %w", id, err)
}

// List returns the built-in models, then the added ones in the order of their names.
func (l *Library) List() ([]Entry, error) {
	var list []Entry
	for _, kind := range card.Kinds {
		if folder := models.Folder(kind); folder != nil {
			list = append(list, l.entry(folder, string(kind), true))
		}
	}
	folders, err := os.ReadDir(l.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, f := range folders {
		if name := f.Name(); f.IsDir() && !strings.HasPrefix(name, ".") {
			list = append(list, l.entry(folderOf(filepath.Join(l.folder, name)), name, false))
		}
	}
	return list, l.mark(list)
}

func (l *Library) entry(folder fs.FS, name string, builtIn bool) Entry {
	c, err := card.Read(folder)
	if err == nil && !builtIn && c.ID() != name {
		err = timbre.Errorf(timbre.Invalid, "", "the folder holds %s: rename it so", c.ID())
	}
	if err != nil {
		c, err = card.Card{Name: name}, about(name, err)
	}
	return Entry{Card: c, BuiltIn: builtIn, Err: err, Folder: folder, check: l.Check}
}

// mark marks the models in use: those that Use has named, and otherwise the built-in ones. A model that is named and gone is
// reported by Choose.
func (l *Library) mark(list []Entry) error {
	use, err := l.used()
	if err != nil {
		return err
	}
	for i, e := range list {
		name := use[e.Card.Kind]
		list[i].InUse = e.Err == nil && (e.is(name) || name == "" && e.BuiltIn)
	}
	return nil
}

// is says whether a name, NAME or NAME@VERSION, names the model.
func (e Entry) is(name string) bool { return name == e.Card.ID() || name == e.Card.Name }

// Find returns the model with an id, NAME@VERSION, or with a name that only one version has. NotFound names the nearest.
func (l *Library) Find(name string) (Entry, error) {
	list, err := l.List()
	if err != nil {
		return Entry{}, err
	}
	var found []Entry
	var ids []string
	for _, e := range list {
		ids = append(ids, e.Card.Name)
		if e.is(name) {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		return Entry{}, timbre.Errorf(timbre.NotFound, "", "there is no model %s; the nearest is %s. `timbre models list` lists them, and `timbre models add` adds one", name, timbre.Nearest(name, ids))
	case 1:
		return found[0], found[0].Err
	}
	return Entry{}, timbre.Errorf(timbre.Invalid, "", "model %s has several versions: write NAME@VERSION", name)
}

// Choose returns the model of a kind that is in use. NotFound if there is none.
func (l *Library) Choose(kind card.Kind) (Entry, error) {
	use, err := l.used()
	if err != nil {
		return Entry{}, err
	}
	if name := use[kind]; name != "" {
		e, err := l.Find(name)
		if err == nil && e.Card.Kind != kind {
			err = timbre.Errorf(timbre.Invalid, "", "model %s is a %s model, not a %s model", name, e.Card.Kind, kind)
		}
		return e, err
	}
	folder := models.Folder(kind)
	if folder == nil {
		return Entry{}, timbre.Errorf(timbre.NotFound, "", "there is no %s model: none comes with Timbre, and none has been added with `timbre models add` and chosen with `timbre models use`", kind)
	}
	return l.entry(folder, string(kind), true), nil
}
