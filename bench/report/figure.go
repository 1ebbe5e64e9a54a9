package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// figure is a number in a line that a bench prints.
type figure struct {
	name, unit string
	line       string // how the line begins: a regular expression; the last such line counts
	field      int    // of the line, split at white space
	of         func(float64) float64
}

func milliseconds(us float64) float64 { return us / 1e3 }

func ofNanoseconds(ns float64) float64 { return ns / 1e6 }

func thousandth(of float64) float64 { return of / 1e3 }

// relayed are the figures of what puts calls through.
func relayed(name string) []figure {
	name += " "
	return []figure{
		{"calls a core", "", name, 4, nil},
		{"processor time a packet", "µs", name, 3, nil},
		{"memory a call", "KB", name, 5, nil},
		{"packets lost", "", name, 7, nil},
	}
}

// in finds the number in what a bench has printed.
func (f figure) in(text string) (number float64, err error) {
	begins, found := regexp.MustCompile(`^\s*`+f.line), false
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if !begins.MatchString(line) || len(fields) <= f.field {
			continue
		}
		if number, err = parse(fields[f.field]); err != nil {
			return 0, err
		}
		found = true
	}
	if !found {
		return 0, fmt.Errorf("%s: no line begins with %q", f.name, f.line)
	}
	if f.of != nil {
		number = f.of(number)
	}
	return number, nil
}

// parse reads a number, or a duration in milliseconds, as it stands in a line of text.
func parse(word string) (float64, error) {
	word = strings.TrimRight(word, ",;:%")
	if d, err := time.ParseDuration(word); err == nil && d != 0 {
		return d.Seconds() * 1e3, nil
	}
	return strconv.ParseFloat(word, 64)
}
