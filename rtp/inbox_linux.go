package rtp

import (
	"encoding/binary"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// maxWait is the longest that a datagram is taken to have waited in a socket, also on a machine that stands still for seconds. An older stamp was
// made before the clock was set.
const maxWait = 10 * time.Second

// inbox holds a datagram that one system call, recvmsg, has read, and when it arrived. recvmmsg reads several, but costs more for one, and there is
// rarely more than one at a time. The package net reads from sockets that it polls alone.
type inbox struct {
	datagram
	message unix.Msghdr
	vector  unix.Iovec
	sender  unix.RawSockaddrInet6 // or RawSockaddrInet4, which is shorter
	stamp   stamp
	buf     [maxDatagram]byte
	now     instant
}

// stamp is a control message with the time of arrival.
type stamp struct {
	unix.Cmsghdr
	at unix.Timespec
}

// instant is the same moment by the clock of the stamps and by one that never jumps.
type instant struct {
	wall   int64 // nanoseconds since 1970
	steady time.Time
}

func newInbox() *inbox {
	b := &inbox{}
	b.vector.Base = &b.buf[0]
	b.vector.SetLen(len(b.buf))
	b.message.Iov = &b.vector
	b.message.SetIovlen(1)
	b.message.Name = (*byte)(unsafe.Pointer(&b.sender))
	b.message.Control = (*byte)(unsafe.Pointer(&b.stamp))
	return b
}

// receive reads the next datagram of a socket. It does not wait.
func (b *inbox) receive(fd int) error {
	b.message.Namelen = uint32(unsafe.Sizeof(b.sender))
	b.message.SetControllen(int(unsafe.Sizeof(b.stamp)))
	n, _, errno := unix.RawSyscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.message)), unix.MSG_DONTWAIT) // it returns at once
	if errno != 0 {
		return errno
	}
	b.datagram = datagram{data: b.buf[:n], from: b.from(), arrived: b.now.steady.Add(-b.waited())}
	return nil
}

// from is the address of the sender.
func (b *inbox) from() netip.AddrPort {
	var port [2]byte
	binary.NativeEndian.PutUint16(port[:], b.sender.Port)
	ip := netip.AddrFrom16(b.sender.Addr)
	if b.sender.Family == unix.AF_INET {
		var four [4]byte
		binary.NativeEndian.PutUint32(four[:], b.sender.Flowinfo) // where an IPv4 address stands
		ip = netip.AddrFrom4(four)
	}
	return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(port[:]))
}

// waited is how long before now the datagram arrived; 0 if that is not known. One that arrived after now has waited for a negative time.
func (b *inbox) waited() time.Duration {
	if b.message.Controllen == 0 || b.stamp.Type != unix.SO_TIMESTAMPNS {
		return 0
	}
	if d := time.Duration(b.now.wall - b.stamp.at.Nano()); -maxWait < d && d < maxWait {
		return d
	}
	return 0
}
