//go:build !linux

package logbook

import "golang.org/x/sys/unix"

// syncFiles brings everything to the disk.
func syncFiles(string) error { return unix.Sync() }
