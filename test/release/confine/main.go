// Command confine runs a program as systemd does a service that may use some system calls, some families of addresses, and no memory that is
// both written and executed. What is refused fails with EPERM, or EAFNOSUPPORT for a family.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func main() {
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: confine CALLS FAMILIES PROGRAM ARGUMENT…\nCALLS and FAMILIES are numbers, separated by commas.")
		os.Exit(2)
	}
	fmt.Fprintln(os.Stderr, "confine:", run(os.Args[1], os.Args[2], os.Args[3:]))
	os.Exit(1)
}

// run returns only if the program cannot be run.
func run(calls, families string, command []string) error {
	allowed, err := numbers(calls)
	if err != nil {
		return err
	}
	spoken, err := numbers(families)
	if err != nil {
		return err
	}
	runtime.LockOSThread() // a filter is that of a thread, whose own the program becomes
	if err := load(filter(allowed, spoken)); err != nil {
		return err
	}
	return syscall.Exec(command[0], command, os.Environ())
}

func numbers(list string) (all []uint32, err error) {
	for text := range strings.SplitSeq(list, ",") {
		n, wrong := strconv.ParseUint(text, 10, 32)
		all, err = append(all, uint32(n)), errors.Join(err, wrong)
	}
	return all, err
}

func load(program []unix.SockFilter) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	whole := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	return unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&whole)), 0, 0)
}
