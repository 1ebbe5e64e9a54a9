package rtp

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"timbre/environment"
)

// dedicated is a media socket that a goroutine of its own reads. It works on every system.
type dedicated struct {
	*net.UDPConn
	env  environment.Environment
	to   handler
	loop sync.WaitGroup
	buf  []byte
	next datagram
}

func dedicatedAdopter(env environment.Environment) adopter {
	return func(c *net.UDPConn) (mediaSocket, error) { return &dedicated{UDPConn: c, env: env}, nil }
}

func (s *dedicated) receive(to handler) error {
	s.to, s.buf = to, make([]byte, maxDatagram)
	s.loop.Go(s.run)
	return nil
}

// await and catchUp implement mediaSocket. Nothing gathers here.
func (s *dedicated) await(awaiting, bool) {}
func (s *dedicated) catchUp()             {}

func (s *dedicated) close() {
	if s.to != nil {
		_ = s.SetReadDeadline(time.Unix(1, 0))
		s.loop.Wait()
		drain(s.drain)
	}
	_ = s.Close()
}

// run reads until the socket is closed.
func (s *dedicated) run() {
	for failed := 0; ; {
		err := s.read()
		switch {
		case err == nil:
			failed = 0
		case errors.Is(err, os.ErrDeadlineExceeded):
			return
		default:
			if failed++; failed == maxFailures {
				s.env.Log.Error("RTP socket failed", "address", s.LocalAddr().String(), "error", err)
				return
			}
		}
	}
}

// read hands on the next datagram.
func (s *dedicated) read() error {
	n, from, err := s.ReadFromUDPAddrPort(s.buf)
	if err == nil {
		s.next = datagram{data: s.buf[:n], from: from, arrived: s.env.Steady()}
		s.to.handle(&s.next)
	}
	return err
}

func (s *dedicated) drain() bool {
	_ = s.SetReadDeadline(time.Now().Add(drainQuiet))
	return s.read() == nil
}
