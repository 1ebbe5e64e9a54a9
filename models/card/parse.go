package card

import (
	"errors"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"

	"timbre"
	"timbre/plainyaml"
)

// maxCard is the maximum size of a card, in bytes.
const maxCard = 64 << 10

// document is a card as it is written. The table in docs/models.md explains each key.
type document struct {
	Kind        Kind     `yaml:"kind"`
	Name        string   `yaml:"name"`
	Version     string   `yaml:"version"`
	File        string   `yaml:"file"`
	SHA256      string   `yaml:"sha256"`
	Licence     string   `yaml:"licence"`
	Source      string   `yaml:"source"`
	Input       input    `yaml:"input"`
	Inputs      []string `yaml:"inputs"`
	Outputs     []string `yaml:"outputs"`
	Dimension   int      `yaml:"dimension"`
	Calibration string   `yaml:"calibration"`
	Threshold   float64  `yaml:"threshold"`
}

// Parse reads a card. Every error is Invalid and one sentence; an unknown key is an error that names the nearest one.
func Parse(text []byte) (Card, error) {
	if len(text) > maxCard {
		return Card{}, invalid("the card is larger than 64 KiB")
	}
	var d document
	if err := decode(text, &d); err != nil {
		return Card{}, err
	}
	c := Card{
		Kind: d.Kind, Name: d.Name, Version: d.Version, File: d.File, Sum: strings.ToLower(d.SHA256), Licence: d.Licence, Source: d.Source,
		Inputs: d.Inputs, Outputs: d.Outputs, Dimension: d.Dimension, Calibration: d.Calibration, Threshold: d.Threshold,
	}
	var err error
	if c.Input, err = d.Input.audio(); err == nil {
		err = c.Check()
	}
	if err != nil {
		return Card{}, err
	}
	return c, nil
}

// decode reads YAML.
func decode(text []byte, into *document) error {
	file, err := plainyaml.Parse(text)
	if err != nil {
		return invalid("%w", err)
	}
	err = plainyaml.Decode(file, into)
	if err == nil {
		return nil
	}
	if unknown := (*yaml.UnknownFieldError)(nil); errors.As(err, &unknown) {
		key := unknown.Token.Value
		return invalid("line %d: there is no key %s; the nearest is %s", unknown.Token.Position.Line, key, timbre.Nearest(key, keys()))
	}
	return invalid("%w", plainyaml.Fault(err))
}

// keys lists all keys, those of the input with their section.
func keys() (list []string) {
	add := func(section string, t reflect.Type) {
		for i := range t.NumField() {
			list = append(list, section+t.Field(i).Tag.Get("yaml"))
		}
	}
	add("", reflect.TypeFor[document]())
	add("input.", reflect.TypeFor[input]())
	return list
}

func invalid(format string, args ...any) error {
	return timbre.Errorf(timbre.Invalid, "", format, args...)
}
