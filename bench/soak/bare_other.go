//go:build !linux

package main

import (
	"errors"
	"time"

	"timbre/bench/media"
)

// limit is measured on Linux alone.
func limit(int, media.Format, time.Duration, time.Duration) (time.Duration, error) {
	return 0, errors.ErrUnsupported
}
