package modelset

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"timbre"
	"timbre/environment"
	"timbre/infer"
	"timbre/models/card"
	"timbre/models/catalogue"
	"timbre/models/library"
)

// Adder adds models to a library.
type Adder struct {
	Library *library.Library
	Client  *http.Client // of downloads
	Cache   string       // folder of unfinished downloads
	Say     io.Writer
	Tell    func(done, total int64) // progress of a download
}

// Add adds a model: from its folder, or by its name in the catalogue. file, if it is not empty, is the ONNX file of a catalogue model
// that has been downloaded or exported already.
func (a Adder) Add(ctx context.Context, source, file string) error {
	if info, err := os.Stat(source); err == nil && info.IsDir() {
		if file != "" {
			return timbre.Errorf(timbre.Invalid, "", "--file belongs to a name of the catalogue; %s is a folder", source)
		}
		c, again, err := a.Library.Add(source)
		if err != nil {
			return err
		}
		a.report(c, again)
		return nil
	}
	e, err := catalogue.Find(source)
	if err != nil {
		return err
	}
	return a.addEntry(ctx, e, file)
}

func (a Adder) addEntry(ctx context.Context, e catalogue.Entry, file string) error {
	origin := file
	if file == "" {
		if e.URL == "" {
			return timbre.Errorf(timbre.Invalid, "", "%s (%s) cannot be downloaded as it is: %s", e.Card.Name, e.Page, e.How)
		}
		fmt.Fprintf(a.Say, "%s, %s: %s\n", e.What, e.Card.Licence, e.URL)
		var err error
		if file, err = catalogue.Fetch(ctx, a.Client, e.URL, a.Cache, card.MaxFile, a.Tell); err != nil {
			return err
		}
		origin = e.URL
	}
	onnx, err := library.ReadFile(file, card.MaxFile)
	if err != nil {
		return err
	}
	c := e.Card
	c.Source = e.Page + " (" + filepath.Base(origin) + ")"
	if err := a.verify(&c, onnx); err != nil {
		if origin == e.URL { // a whole download that is not what it should be must not be gone on with
			_ = os.Remove(file)
		}
		return err
	}
	if c.Inputs, c.Outputs, err = names(onnx); err != nil {
		return err
	}
	if err := c.Check(); err != nil {
		return err
	}
	again, err := a.Library.Put(c, map[string][]byte{c.File: onnx})
	if err != nil {
		return err
	}
	if origin == e.URL {
		_ = os.Remove(file)
	}
	a.report(c, again)
	return nil
}

// verify compares the checksum with the pinned one, or pins it.
func (a Adder) verify(c *card.Card, onnx []byte) error {
	digest := sha256.Sum256(onnx)
	sum := hex.EncodeToString(digest[:])
	switch {
	case c.Sum == "":
		c.Sum = sum
		fmt.Fprintf(a.Say, "checksum %s: none was known, so this one is recorded and demanded from now on\n", sum)
	case c.Sum != sum:
		return timbre.Errorf(timbre.Conflict, "", "the file has the checksum %s, and %s has %s: it is another file, or damaged", sum, c.ID(), c.Sum)
	default:
		fmt.Fprintf(a.Say, "checksum %s: as pinned\n", sum)
	}
	return nil
}

// names are those of the file's tensors.
func names(onnx []byte) (inputs, outputs []string, err error) {
	r, err := infer.New(environment.Environment{}, infer.Config{Threads: 1})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = r.Close() }()
	return r.Names(onnx)
}

func (a Adder) report(c card.Card, again bool) {
	if again {
		fmt.Fprintf(a.Say, "%s had been added already\n", c.ID())
		return
	}
	fmt.Fprintf(a.Say, "added %s, a %s model of %d values, %s\n", c.ID(), c.Kind, c.Dimension, c.Licence)
	fmt.Fprintf(a.Say, "next: timbre models verify %s, then timbre models use %s\n", c.ID(), c.ID())
}
