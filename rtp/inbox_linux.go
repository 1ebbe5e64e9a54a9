package rtp

import (
	"encoding/binary"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// maxWait is the longest that a datagram is taken to have waited in a socket, also on a machine that stands still for seconds. An older stamp
	// was made before the clock was set.
	maxWait = 10 * time.Second
	// batch is how many datagrams of a socket are read at once: more than gather of 20 ms each, so that a socket is found to be empty at once.
	batch = 8
)

// inbox holds datagrams of a socket that one system call, recvmmsg, has read, and when they arrived. The package net reads from sockets that
// it polls alone.
type inbox struct {
	messages [batch]message
	slots    [batch]slot
	now      instant
	next     datagram
}

// message is the kernel's struct mmsghdr.
type message struct {
	unix.Msghdr
	length uint32
}

// slot is where a datagram goes.
type slot struct {
	vector unix.Iovec
	sender unix.RawSockaddrInet6 // or RawSockaddrInet4, which is shorter
	stamp  stamp
	buf    [maxDatagram]byte
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
	for i := range b.slots {
		m, s := &b.messages[i], &b.slots[i]
		s.vector.Base = &s.buf[0]
		s.vector.SetLen(len(s.buf))
		m.Iov = &s.vector
		m.SetIovlen(1)
		m.Name = (*byte)(unsafe.Pointer(&s.sender))
		m.Control = (*byte)(unsafe.Pointer(&s.stamp))
		b.clear(i)
	}
	return b
}

// clear makes room in a slot.
func (b *inbox) clear(i int) {
	b.messages[i].Namelen = uint32(unsafe.Sizeof(b.slots[i].sender))
	b.messages[i].SetControllen(int(unsafe.Sizeof(b.slots[i].stamp)))
}

// receive reads the next datagrams of a socket, and returns how many. It does not wait.
func (b *inbox) receive(fd int) (int, error) {
	n, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.messages)), batch, unix.MSG_DONTWAIT, 0, 0) // it returns at once
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// datagram is the one in a slot, until the next is asked for.
func (b *inbox) datagram(i int) *datagram {
	s := &b.slots[i]
	b.next = datagram{data: s.buf[:b.messages[i].length], from: s.from(), arrived: b.now.steady.Add(-b.waited(i))}
	b.clear(i)
	return &b.next
}

// from is the address of the sender.
func (s *slot) from() netip.AddrPort {
	var port [2]byte
	binary.NativeEndian.PutUint16(port[:], s.sender.Port)
	ip := netip.AddrFrom16(s.sender.Addr)
	if s.sender.Family == unix.AF_INET {
		var four [4]byte
		binary.NativeEndian.PutUint32(four[:], s.sender.Flowinfo) // where an IPv4 address stands
		ip = netip.AddrFrom4(four)
	}
	return netip.AddrPortFrom(ip, binary.BigEndian.Uint16(port[:]))
}

// waited is how long before now a datagram arrived; 0 if that is not known. One that arrived after now has waited for a negative time.
func (b *inbox) waited(i int) time.Duration {
	stamp := &b.slots[i].stamp
	if b.messages[i].Controllen == 0 || stamp.Type != unix.SO_TIMESTAMPNS {
		return 0
	}
	if d := time.Duration(b.now.wall - stamp.at.Nano()); -maxWait < d && d < maxWait {
		return d
	}
	return 0
}
