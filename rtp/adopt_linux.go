package rtp

import (
	"errors"

	"golang.org/x/sys/unix"

	"timbre/environment"
)

// newAdopter chooses how media sockets are read: by pollers where the system allows it, which a sandbox may not.
func newAdopter(env environment.Environment) adopter {
	if !mayPoll() {
		return dedicatedAdopter(env)
	}
	return newPollers(env).adopt
}

// mayPoll tries the system call that pollers receive by.
func mayPoll() bool {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(fd) }()
	_, err = newInbox().receive(fd)
	return errors.Is(err, unix.EAGAIN)
}
