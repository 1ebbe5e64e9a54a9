package main

import (
	"fmt"
	"net/netip"
	"runtime"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"timbre/bench/media"
)

// bare is a loop that does nothing but receive: in each round it reads and drops what has arrived at all sockets. What it costs is
// the limit of what a receiver can reach that has a socket for each leg.
type bare struct {
	round   time.Duration
	epoll   int
	sockets []int
	events  []unix.EpollEvent
	buf     []byte
}

const bareSpan = 10 * time.Second

// limit is the processor time that the loop takes for a packet of as many calls, sent as in the run of the server.
func limit(calls int, f media.Format, span, round time.Duration) (time.Duration, error) {
	loop, legs, err := newBare(calls, round)
	if err != nil {
		return 0, err
	}
	defer loop.close()
	out, err := media.NewSenders(f, calls)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	out.Start(legs)
	cost, err := loop.run(min(span, bareSpan))
	if failed := out.End(); failed != nil {
		return 0, failed
	}
	return cost, err
}

// newBare opens two sockets for each call.
func newBare(calls int, round time.Duration) (*bare, [][]*media.Leg, error) {
	b := &bare{round: round, events: make([]unix.EpollEvent, 2*calls), buf: make([]byte, 2048)}
	var err error
	if b.epoll, err = unix.EpollCreate1(unix.EPOLL_CLOEXEC); err != nil {
		return nil, nil, err
	}
	legs := make([][]*media.Leg, calls)
	for i := range 2 * calls {
		l, err := b.open()
		if err != nil {
			b.close()
			return nil, nil, fmt.Errorf("socket %d: %w", i, err)
		}
		legs[i/2] = append(legs[i/2], l)
	}
	return b, legs, nil
}

// open opens a socket, with a buffer as large as the server's.
func (b *bare) open() (*media.Leg, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	b.sockets = append(b.sockets, fd)
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 512<<10); err != nil {
		return nil, err
	}
	if err := unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return nil, err
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		return nil, err
	}
	here := at.(*unix.SockaddrInet4)
	return &media.Leg{To: netip.AddrPortFrom(netip.AddrFrom4(here.Addr), uint16(here.Port))}, unix.EpollCtl(b.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(fd)})
}

func (b *bare) close() {
	for _, fd := range append(b.sockets, b.epoll) {
		_ = unix.Close(fd)
	}
}

// run receives for a time, after the warm-up, on a thread of its own, and returns what a packet has cost it.
func (b *bare) run(span time.Duration) (time.Duration, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	b.receive(warmUp)
	before := threadCPU()
	packets := b.receive(span)
	if packets == 0 {
		return 0, fmt.Errorf("the bare loop has received nothing")
	}
	return (threadCPU() - before) / time.Duration(packets), nil
}

func (b *bare) receive(span time.Duration) (packets int) {
	for end := time.Now().Add(span); time.Now().Before(end); {
		began := time.Now()
		for n := b.read(); n > 0; n = b.read() {
			packets += n
		}
		rest := unix.NsecToTimespec(int64(max(0, b.round-time.Since(began))))
		_ = unix.Nanosleep(&rest, nil)
	}
	return packets
}

// read reads one packet of each socket that has one.
func (b *bare) read() (packets int) {
	n, err := unix.EpollWait(b.epoll, b.events, 0)
	if err != nil {
		return 0
	}
	for _, e := range b.events[:n] {
		if _, _, errno := unix.RawSyscall(unix.SYS_READ, uintptr(e.Fd), uintptr(unsafe.Pointer(&b.buf[0])), uintptr(len(b.buf))); errno == 0 {
			packets++
		}
	}
	return packets
}

// threadCPU is the processor time of this thread.
func threadCPU() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(unix.RUSAGE_THREAD, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
