package console

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"timbre"
)

// The limits of recordings that are played as calls.
const (
	maxRecordings = 4 // at once
	maxWAV        = 32 << 20
	longest       = 10 * time.Minute
	waitsFor      = time.Minute // for the order to play
	fastest       = 8           // times as fast as a live call
	notPlayed     = "the recording has not been played"
)

// recording is a call whose audio is a file.
type recording struct {
	transactionID, connectorID string
	channels                   [][]int16
	legs                       []timbre.LegListener
	play                       chan int // how fast; it is taken once
	stop                       context.CancelFunc
}

// recordings are those that have not ended.
type recordings struct {
	places chan struct{}
	mu     sync.Mutex
	byCall map[string]*recording
}

func newRecordings() recordings {
	return recordings{places: make(chan struct{}, maxRecordings), byCall: map[string]*recording{}}
}

// addRecording begins a call that plays a WAV file once it is told to.
func (c *Console) addRecording(w http.ResponseWriter, r *http.Request, v visitor) {
	connectorID := r.URL.Query().Get("connector")
	if !v.key.May(timbre.ActionPlayRecording, c.arn("vc/"+connectorID)) {
		lacks(w, timbre.ActionPlayRecording)
		return
	}
	select {
	case c.playing.places <- struct{}{}:
	default:
		refuse(w, http.StatusServiceUnavailable, "as many recordings are played as may be at once: "+strconv.Itoa(maxRecordings))
		return
	}
	rec, err := c.beginRecording(w, r, connectorID)
	if err != nil {
		<-c.playing.places
		c.failed(w, r, err)
		return
	}
	reply(w, http.StatusCreated, struct {
		TransactionID string `json:"transactionId"`
		LengthMs      int64  `json:"lengthMs"`
	}{rec.transactionID, timbre.Duration(len(rec.channels[0])).Milliseconds()})
}

// beginRecording reads a file and begins its call.
func (c *Console) beginRecording(w http.ResponseWriter, r *http.Request, connectorID string) (*recording, error) {
	if timbre.Overloaded(c.deps.Load) {
		return nil, timbre.Errorf(timbre.Unavailable, "console", "the server is overloaded")
	}
	if _, err := c.deps.Store.Connector(r.Context(), connectorID); err != nil {
		return nil, err
	}
	channels, err := c.deps.Recording(http.MaxBytesReader(w, r.Body, maxWAV), longest)
	if tooLong := (*http.MaxBytesError)(nil); errors.As(err, &tooLong) {
		return nil, invalid("the recording is longer than %d MiB", maxWAV>>20)
	}
	if err != nil {
		return nil, err
	}
	if len(channels[0]) == 0 {
		return nil, invalid("the recording has no audio")
	}
	call := timbre.Call{
		ConnectorID: connectorID, CallID: "console-" + c.env.NewID(), Direction: "Outbound", Headers: map[string]string{},
		From: r.URL.Query().Get("from"), To: r.URL.Query().Get("to"), Legs: legsOf(len(channels)),
	}
	rec := &recording{connectorID: connectorID, channels: channels, play: make(chan int, 1)}
	if rec.transactionID, rec.legs, err = c.deps.Calls.Begin(r.Context(), call); err != nil {
		return nil, err
	}
	var ctx context.Context
	ctx, rec.stop = context.WithCancel(context.WithoutCancel(r.Context()))
	c.playing.mu.Lock()
	c.playing.byCall[rec.transactionID] = rec
	c.playing.mu.Unlock()
	c.running.Go(func() { c.playToEnd(ctx, rec) })
	return rec, nil
}

// legsOf are the legs of a recording: its channels are caller and callee; one alone is the caller.
func legsOf(channels int) []timbre.Leg {
	legs := []timbre.Leg{{Side: timbre.Caller}}
	if channels > 1 {
		legs = append(legs, timbre.Leg{Side: timbre.Callee, Index: 1})
	}
	return legs
}

// playToEnd plays a recording once it is told to, and ends its call.
func (c *Console) playToEnd(ctx context.Context, rec *recording) {
	defer func() {
		rec.stop()
		c.playing.mu.Lock()
		delete(c.playing.byCall, rec.transactionID)
		c.playing.mu.Unlock()
		<-c.playing.places
	}()
	patience := time.NewTimer(waitsFor)
	defer patience.Stop()
	failure := ""
	select {
	case speed := <-rec.play:
		c.playFrames(ctx, rec, speed)
	case <-patience.C:
		failure = notPlayed
	case <-ctx.Done():
	case <-c.closing:
		return // the registry of calls ends all
	}
	if err := c.deps.Calls.End(context.WithoutCancel(ctx), rec.transactionID, failure); err != nil && timbre.KindOf(err) != timbre.NotFound {
		c.env.Log.Error("the call of a recording cannot be ended", "transaction", rec.transactionID, "error", err)
	}
}

// playFrames plays all frames, or until somebody hangs up.
func (c *Console) playFrames(ctx context.Context, rec *recording, speed int) {
	ticker := time.NewTicker(timbre.FrameDuration)
	defer ticker.Stop()
	for at := 0; at < len(rec.channels[0]); {
		for n := 0; n < speed && at < len(rec.channels[0]); n++ {
			to := min(at+timbre.FrameSamples, len(rec.channels[0]))
			for i, leg := range rec.legs {
				leg.Frame(timbre.Frame{At: timbre.Duration(at), PCM: rec.channels[i][at:to]})
			}
			at = to
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		case <-c.closing:
			return
		}
	}
}

// recordingOf finds the recording that a request names; nil: it has been refused.
func (c *Console) recordingOf(w http.ResponseWriter, r *http.Request, v visitor) *recording {
	c.playing.mu.Lock()
	rec := c.playing.byCall[r.PathValue("id")]
	c.playing.mu.Unlock()
	switch {
	case rec == nil:
		refuse(w, http.StatusNotFound, "no recording is played as this call")
	case !v.key.May(timbre.ActionPlayRecording, c.arn("vc/"+rec.connectorID)):
		lacks(w, timbre.ActionPlayRecording)
	default:
		return rec
	}
	return nil
}

func (c *Console) playRecording(w http.ResponseWriter, r *http.Request, v visitor) {
	speed, err := strconv.Atoi(r.URL.Query().Get("speed"))
	if r.URL.Query().Get("speed") == "" {
		speed, err = 1, nil
	}
	if err != nil || speed < 1 || speed > fastest {
		c.failed(w, r, invalid("speed is 1 to %d", fastest))
		return
	}
	rec := c.recordingOf(w, r, v)
	if rec == nil {
		return
	}
	select {
	case rec.play <- speed:
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusConflict, "the recording is being played")
	}
}

func (c *Console) endRecording(w http.ResponseWriter, r *http.Request, v visitor) {
	if rec := c.recordingOf(w, r, v); rec != nil {
		rec.stop()
		w.WriteHeader(http.StatusNoContent)
	}
}
