package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// withhold keeps the memory of the process, in which there are keys, voices and audio, from core files and from other processes of its
// user.
func withhold() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("core files cannot be turned off: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("the memory of the process cannot be withheld: %w", err)
	}
	return nil
}
