//go:build !race

package server

// raced are the flags of a build under the race detector, which the tests do not run under.
var raced []string
