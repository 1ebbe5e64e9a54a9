//go:build !linux

package rtp

import "timbre/environment"

// newAdopter chooses how media sockets are read.
func newAdopter(env environment.Environment) adopter { return dedicatedAdopter(env) }
