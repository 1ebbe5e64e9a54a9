package mediatest

import (
	"slices"
	"sync"
	"time"

	"timbre"
)

// frame is a frame that was delivered.
type frame struct {
	at  time.Duration
	pcm []int16
}

// listener keeps the frames of a stream.
type listener struct {
	inside sync.Mutex // held while a frame is delivered

	mu     sync.Mutex
	shared bool // two were at once
	frames []frame
	grown  chan struct{} // closed and replaced with every frame
}

func newListener() *listener { return &listener{grown: make(chan struct{})} }

// Frame implements timbre.Listener.
func (l *listener) Frame(f timbre.Frame) {
	alone := l.inside.TryLock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shared = l.shared || !alone
	l.frames = append(l.frames, frame{f.At, slices.Clone(f.PCM)})
	close(l.grown)
	l.grown = make(chan struct{})
	if alone {
		l.inside.Unlock()
	}
}

// soFar returns the frames so far, whether two were at once, and what is closed when there are more.
func (l *listener) soFar() (frames []frame, shared bool, grown chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.frames), l.shared, l.grown
}

// frames waits for n frames and checks what holds for all.
func (s *subject) frames(l *leg, n int) []frame {
	s.Helper()
	limit := time.After(timeout)
	for {
		frames, shared, grown := l.listener.soFar()
		if len(frames) >= n {
			s.inOrder(frames)
			if shared {
				s.Error("got frames from two goroutines at a time, want one")
			}
			return frames
		}
		select {
		case <-grown:
		case <-limit:
			s.Fatalf("got %d frames in %v, want %d; reception %+v", len(frames), timeout, n, l.Reception())
		}
	}
}

// inOrder checks that media time never goes back and no frame is longer than 20 ms.
func (s *subject) inOrder(frames []frame) {
	s.Helper()
	end := time.Duration(0)
	for i, f := range frames {
		if f.at < end {
			s.Errorf("got frame %d at %v, want it not before %v", i, f.at, end)
		}
		if n := len(f.pcm); n == 0 || n > timbre.FrameSamples {
			s.Errorf("got frame %d of %d samples, want 1 to %d", i, n, timbre.FrameSamples)
		}
		end = f.at + timbre.Duration(len(f.pcm))
	}
}

// heard is the first sample of each frame and its time, for frames that came of packets of one code word each.
type delivered struct {
	at     time.Duration
	sample int16
}

// expect waits for as many frames as are wanted, and compares them.
func (s *subject) expect(l *leg, want ...delivered) {
	s.Helper()
	var got []delivered
	for _, f := range s.frames(l, len(want)) {
		got = append(got, delivered{f.at, f.pcm[0]})
	}
	if !slices.Equal(got, want) {
		s.Errorf("got frames %v, want %v", got, want)
	}
}
