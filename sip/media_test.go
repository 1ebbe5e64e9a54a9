package sip

import (
	"sync"
	"time"

	"timbre"
)

// media opens streams on ports that are only numbers.
type media struct {
	mu      sync.Mutex
	streams []*fakeStream
	fail    int // the Open that fails, from 1; 0: none
	panics  bool
	mute    bool // no packets are received
}

type fakeStream struct {
	reads  uint64
	m      *media
	port   int
	specs  []timbre.Media
	to     timbre.Listener
	closed bool
}

func (m *media) Open(s timbre.Media, to timbre.Listener) (timbre.MediaStream, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.panics {
		panic("media")
	}
	if to == nil || m.fail == len(m.streams)+1 {
		return nil, timbre.Errorf(timbre.Unavailable, "media", "no port is free")
	}
	f := &fakeStream{m: m, port: 20000 + 2*len(m.streams), specs: []timbre.Media{s}, to: to}
	m.streams = append(m.streams, f)
	return f, nil
}

func (m *media) Fingerprint() string { return "sha-256 AB:CD" }

func (f *fakeStream) Port() int { return f.port }

// Pair opens the two streams of a bridged call.
func (m *media) Pair(a, b timbre.Media, toA, toB timbre.Listener) (timbre.MediaStream, timbre.MediaStream, error) {
	sa, err := m.Open(a, toA)
	if err != nil {
		return nil, nil, err
	}
	sb, err := m.Open(b, toB)
	return sa, sb, err
}

// Reception grows by 50 packets, one of them lost, each time that it is read.
func (f *fakeStream) Reception() timbre.Reception {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.m.mute {
		return timbre.Reception{}
	}
	f.reads++
	return timbre.Reception{Packets: 50 * f.reads, Lost: f.reads, Jitter: 3 * time.Millisecond}
}

func (f *fakeStream) Update(s timbre.Media) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.specs = append(f.specs, s)
}

func (f *fakeStream) Close() {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.closed = true
}

// specs are the descriptions of a stream, the first and its updates.
func (m *media) specs(i int) []timbre.Media {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]timbre.Media(nil), m.streams[i].specs...)
}

func (m *media) open() (n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, s := range m.streams {
		if !s.closed {
			n++
		}
	}
	return n
}
