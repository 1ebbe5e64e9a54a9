package main

import (
	"slices"

	"golang.org/x/sys/unix"
)

// Where struct seccomp_data has the number of a call, and the lower half of an argument.
const number, first = 0, 16

const (
	load32 = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS
	equal  = unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K
	and    = unix.BPF_ALU | unix.BPF_AND | unix.BPF_K
	ret    = unix.BPF_RET | unix.BPF_K
)

// filter is the program that judges each system call. It relies on the unit's SystemCallArchitectures=native: it reads no architecture.
func filter(calls, families []uint32) []unix.SockFilter {
	executable := uint32(unix.PROT_EXEC)
	program := slices.Concat(
		family(families),
		refuse(unix.SYS_MMAP, 2, unix.PROT_WRITE|executable),
		refuse(unix.SYS_MPROTECT, 2, executable),
		refuse(unix.SYS_PKEY_MPROTECT, 2, executable),
		[]unix.SockFilter{{Code: load32, K: number}},
	)
	for _, call := range calls {
		program = append(program, unix.SockFilter{Code: equal, K: call, Jf: 1}, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW})
	}
	return append(program, failing(unix.EPERM))
}

// refuse fails a call with all of some bits set in an argument.
func refuse(call, argument, bits uint32) []unix.SockFilter {
	return []unix.SockFilter{
		{Code: load32, K: number},
		{Code: equal, K: call, Jf: 4},
		{Code: load32, K: first + 8*argument},
		{Code: and, K: bits},
		{Code: equal, K: bits, Jf: 1},
		failing(unix.EPERM),
	}
}

// family fails sockets of other families.
func family(allowed []uint32) []unix.SockFilter {
	program := []unix.SockFilter{{Code: load32, K: number}, {Code: equal, K: unix.SYS_SOCKET, Jf: uint8(len(allowed) + 2)}, {Code: load32, K: first}}
	for i, f := range allowed {
		program = append(program, unix.SockFilter{Code: equal, K: f, Jt: uint8(len(allowed) - i)})
	}
	return append(program, failing(unix.EAFNOSUPPORT))
}

func failing(with unix.Errno) unix.SockFilter {
	return unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ERRNO | uint32(with)}
}
