package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"syscall"

	"timbre"
)

// exit is the status of a program that has said already why it is not 0.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// sentence is an error for a person: without the operations within the program and of the system, which are for its log.
func sentence(err error) string {
	text := err.Error()
	each(err, func(one error) {
		switch e := one.(type) {
		case *timbre.Error:
			if e.Op != "" {
				text = strings.Replace(text, e.Op+": ", "", 1)
			}
		case *fs.PathError:
			text = strings.Replace(text, e.Error(), e.Path+": "+e.Err.Error(), 1)
		case *url.Error:
			text = strings.Replace(text, e.Error(), e.URL+": "+cause(e.Err).Error(), 1)
		}
	})
	return text
}

// cause is what the system says, if it says anything.
func cause(err error) error {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return errno
	}
	return err
}

// each visits an error and those in it, the outermost first.
func each(err error, visit func(error)) {
	if err == nil {
		return
	}
	visit(err)
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		each(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			each(one, visit)
		}
	}
}
