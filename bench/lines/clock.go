package main

import (
	"os"
	"testing"
	"testing/synctest"
)

// atCallTime runs f where the clock is that of the calls: it advances when every goroutine of the product waits, so a call takes as
// long as its analysis, and the analysis takes no time of the call. It writes what f prints last and ends the program.
//
// Only package testing makes such a clock, for a test: f is one, whose verdict goes to standard error.
func atCallTime(f func() error) {
	os.Stdout = os.Stderr
	testing.Main(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "lines", F: func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			if err := f(); err != nil {
				t.Error(err)
			}
		})
	}}}, nil, nil)
}
