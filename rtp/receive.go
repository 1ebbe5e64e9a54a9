package rtp

import (
	"errors"
	"os"
	"time"
)

const (
	// A closing stream reads what its socket still holds, until no packet arrives for drainQuiet twice in a row.
	drainQuiet = 2 * time.Millisecond
	// maxDrained is how many packets it reads at most: more than a socket buffer holds.
	maxDrained = 1024
	// maxFailures is how many errors in a row end the reading of a socket.
	maxFailures = 100
)

// wake makes the receiving goroutine look at closing and flushing. The caller holds mu.
func (s *Stream) wake() { _ = s.mediaConn.SetReadDeadline(time.Unix(1, 0)) }

// handleWake is what the receiving goroutine does then. True: the stream is closing.
func (s *Stream) handleWake() (end bool) {
	s.mu.Lock()
	flush := s.flushing
	s.flushing = false
	if end = s.closing; !end {
		_ = s.mediaConn.SetReadDeadline(time.Time{})
	}
	s.mu.Unlock()
	s.flushPreKey()
	if flush && !end {
		s.flush()
	}
	return end
}

// receive reads the media socket until the stream is closed.
func (s *Stream) receive() {
	buf := make([]byte, maxDatagram)
	failed := 0
	for {
		n, from, err := s.mediaConn.ReadFromUDPAddrPort(buf)
		switch {
		case err == nil:
			failed = 0
			s.handleDatagram(buf[:n], from)
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			if !s.handleWake() {
				continue
			}
			s.drain(buf)
		default:
			if failed++; failed < maxFailures {
				continue
			}
			s.pool.env.Log.Error("RTP socket failed", "port", s.port, "error", err)
		}
		break
	}
	s.flush()
	_ = s.mediaConn.Close()
}

// drain takes the packets that the socket held when the stream was closed.
func (s *Stream) drain(buf []byte) {
	silent := 0
	for range maxDrained {
		_ = s.mediaConn.SetReadDeadline(time.Now().Add(drainQuiet))
		n, from, err := s.mediaConn.ReadFromUDPAddrPort(buf)
		if err == nil {
			s.handleDatagram(buf[:n], from)
			silent = 0
		} else if silent++; silent == 2 {
			return
		}
	}
}

// flush delivers all that is buffered: packets, and the incomplete frame.
func (s *Stream) flush() {
	s.buffer.flush()
	s.timeline.flush()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updateStats()
}
