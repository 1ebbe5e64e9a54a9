package speech

import (
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"timbre"
)

// backlog is how many frames of 20 ms a worker may lag behind its leg; further ones are lost. It is as long as the audio that
// a task buffers.
const backlog = 3000

// lookFor is after how many frames the worker looks for legs that have joined the call, and measures how long one takes.
const lookFor = 50

// heard is a frame of the leg and those of other legs that came before it.
type heard struct {
	timbre.Frame
	number int // since the worker began
	others []otherFrame
	came   time.Time
	due    time.Time // when it came, or would come live: a feed may be ahead of real time
}

// worker runs the detector of one leg, for all who listen to it. It is the tap on that leg.
type worker struct {
	frames          *queue
	audience        audience
	untap           func()
	others          *others
	seen            int           // frames since the worker looked for other legs
	stopped, closed chan struct{} // this worker is; all are
	detector        *Detector
	passed          int           // windows
	last            timbre.Speech // the last of them
	log             *slog.Logger
	metrics         *metrics

	began   time.Time    // real time of media time 0; zero: before the first frame. Guarded by the leg, which calls Frame for one frame at a time
	hearing atomic.Int64 // when the frame in hand was due, in nanoseconds since listening began; 0: none is in hand
	since   time.Time    // when listening began
}

// Frame implements timbre.Tap. It never blocks.
func (k *worker) Frame(f timbre.Frame) {
	if timbre.IsClosed(k.closed) {
		return
	}
	f.PCM = slices.Clone(f.PCM)
	now := time.Now()
	if !k.frames.put(heard{f, k.audience.count(), k.others.take(), now, k.due(f.At, now)}) { // the media time jumps here, which the detector treats as a pause
		k.metrics.lost.Inc()
		if k.audience.setLagging(true) {
			k.log.Error("voice activity detection lags behind the call: frames are lost")
		}
	}
}

// due is when a frame that has come now would come live.
func (k *worker) due(at time.Duration, now time.Time) time.Time {
	if k.began.IsZero() {
		k.began = now.Add(-at)
	}
	if live := k.began.Add(at); live.After(now) {
		return live
	}
	return now
}

// End implements timbre.Tap.
func (k *worker) End() { k.frames.end() }

// run analyses the leg until it ends or the worker is stopped. When the detector fails, the leg is over for its subscribers, and
// its remaining frames are discarded.
func (k *worker) run() {
	defer k.detector.Gates.Close()
	defer k.others.detach()
	for more := true; more; {
		select {
		case <-k.stopped:
			return
		case <-k.closed:
			return
		case <-k.frames.ready:
			f, ok := k.frames.take()
			if more = ok && k.analyse(f); !ok {
				k.detector.Flush()
			}
		}
	}
	if err := k.detector.Err(); err != nil {
		k.log.Error("voice activity detection failed", "error", err)
	}
	k.hearing.Store(0) // what is left will never be heard
	k.audience.end()
	for _, l := range k.audience.now() {
		l.to.SpeechEnded()
	}
	k.discard()
}

// analyse gives a frame to the detector. False: it cannot go on.
func (k *worker) analyse(f heard) bool {
	k.hearing.Store(max(1, int64(f.due.Sub(k.since))))
	if k.seen++; k.seen%lookFor == 0 {
		k.others.attach()
		defer k.measure(f.came, time.Now())
	}
	for _, o := range f.others {
		k.detector.Gates.Far(o.leg, o.frame)
	}
	for _, l := range k.audience.now() {
		l.reach(f.number, k.detector.nextWindow())
	}
	k.detector.came, k.detector.live = f.came, f.due
	k.detector.Frame(f.Frame)
	if k.frames.len() == 0 {
		k.caughtUp()
	}
	return k.detector.Err() == nil
}

// pass passes a window on to all who listen.
func (k *worker) pass(s timbre.Speech) {
	k.metrics.count(s)
	for _, l := range k.audience.now() {
		l.hear(k.passed, s, k.last)
	}
	k.passed++
	k.last = timbre.Speech{At: s.At, Net: s.Net}
}

// caughtUp takes in that no frame waits.
func (k *worker) caughtUp() {
	k.hearing.Store(0)
	if k.audience.setLagging(false) {
		k.log.Info("voice activity detection has caught up with the call")
	}
}

// measure observes a frame that came at a time and whose analysis has begun at another.
func (k *worker) measure(came, began time.Time) {
	k.metrics.wait.Observe(began.Sub(came).Seconds())
	k.metrics.frame.Observe(time.Since(began).Seconds())
}

// age is for how long the oldest frame that is not heard has been due.
func (k *worker) age(now time.Time) time.Duration {
	due := k.hearing.Load()
	if due == 0 {
		return 0
	}
	return max(0, now.Sub(k.since.Add(time.Duration(due))))
}

// lag is how much audio waits.
func (k *worker) lag() time.Duration { return time.Duration(k.frames.len()) * timbre.FrameDuration }

// discard takes frames away until the leg ends or the worker is stopped.
func (k *worker) discard() {
	for {
		select {
		case <-k.stopped:
			return
		case <-k.closed:
			return
		case <-k.frames.ready:
			if _, ok := k.frames.take(); !ok {
				return
			}
		}
	}
}
