package node

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"timbre"
	"timbre/call"
	"timbre/speech"
)

// ears let a task listen to a leg: the tap on the live call, the voice activity detector behind it, the task behind that.
// A goroutine an ear stands between the two, so that inference never holds up the packets of the call.
type ears struct {
	calls *call.Registry
	vad   speech.VAD
	log   *slog.Logger
	lost  prometheus.Counter
}

// backlog is how many frames (20 ms each) an ear may lag behind its call; past that, frames are lost to it. It is as long
// as the audio that a task lets wait.
const backlog = 3000

func newEars(calls *call.Registry, vad speech.VAD, log *slog.Logger, metrics prometheus.Registerer) ears {
	lost := prometheus.NewCounter(prometheus.CounterOpts{
		Name: "timbre_ear_frames_lost_total",
		Help: "Frames of 20 ms that a task did not hear because voice activity detection lagged behind the call.",
	})
	metrics.MustRegister(lost)
	return ears{calls, vad, log, lost}
}

func (e ears) Listen(_ context.Context, transactionID string, leg int, to timbre.SpeechSink) (stop func(), err error) {
	ear := &ear{
		frames: make(chan timbre.Frame, backlog), quit: make(chan struct{}), to: to, lost: e.lost,
		log: e.log.With("transaction", transactionID, "leg", leg),
	}
	ear.detector = speech.NewDetector(e.vad, to.Speech)
	untap, err := e.calls.Tap(transactionID, leg, ear)
	if err != nil {
		return nil, err
	}
	go ear.run()
	var once sync.Once
	return func() {
		untap()
		once.Do(func() { close(ear.quit) })
	}, nil
}

// ear is one leg being listened to.
type ear struct {
	frames   chan timbre.Frame
	quit     chan struct{}
	detector *speech.Detector
	to       timbre.SpeechSink
	log      *slog.Logger
	lost     prometheus.Counter
	lag      sync.Mutex // held while a change of lags is told
	lags     atomic.Bool
}

// Frame is called by the call; it never blocks.
func (e *ear) Frame(f timbre.Frame) {
	f.PCM = slices.Clone(f.PCM)
	select {
	case e.frames <- f:
	default: // the media clock jumps here, which the detector treats as a pause
		e.lost.Inc()
		if e.turns(true) {
			e.log.Error("voice activity detection lags behind the call: frames are lost")
		}
	}
}

// turns notes that the ear lags behind its leg, or has caught up; true when that is new, and has been told.
func (e *ear) turns(lags bool) bool {
	if e.lags.Load() == lags {
		return false
	}
	e.lag.Lock()
	defer e.lag.Unlock()
	if e.lags.Swap(lags) == lags {
		return false
	}
	e.to.Lagging(lags)
	return true
}

// End is called by the call, after its last frame.
func (e *ear) End() { close(e.frames) }

// run hears the leg out. When the detector fails, the task is told that the leg is over: it can hear no more of it, and what
// still comes is taken away unheard.
func (e *ear) run() {
	deaf := false
	for {
		select {
		case <-e.quit:
			return
		case f, more := <-e.frames:
			switch {
			case deaf:
			case more:
				e.detector.Frame(f)
				if len(e.frames) == 0 && e.turns(false) {
					e.log.Info("voice activity detection has caught up with the call")
				}
			default:
				e.detector.Flush()
			}
			if err := e.detector.Err(); err != nil && !deaf {
				deaf = true
				e.log.Error("voice activity detection failed", "error", err)
				e.to.SpeechEnded()
			}
			if !more {
				if !deaf {
					e.to.SpeechEnded()
				}
				return
			}
		}
	}
}
