package console

import (
	"encoding/json"
	"net/http"
	"time"

	"timbre"
)

const (
	maxStreams   = 64 // at once
	writeTimeout = 10 * time.Second
	perSecond    = 5 // of the messages that come once a second: one in so many steps
)

// stream is an answer of server-sent events (HTML, 9.2). It belongs to one goroutine.
type stream struct {
	w   http.ResponseWriter
	out *http.ResponseController
	err error // of the first message that could not be sent
}

// stream answers with events until each, which is called at once and then every step, returns false, the browser goes, the session ends,
// or the console closes.
func (c *Console) stream(w http.ResponseWriter, r *http.Request, v visitor, each func(s *stream, step int) bool) {
	release, ok := c.shares.open(v.session)
	if !ok {
		c.failed(w, r, timbre.Errorf(timbre.Throttled, "console", "as many pages of this key look at the server as may at once"))
		return
	}
	defer release()
	if !c.metrics.take(maxStreams) {
		refuse(w, http.StatusServiceUnavailable, "too many pages look at this server")
		return
	}
	defer c.metrics.give()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // proxies pass each message on at once
	s := &stream{w: w, out: http.NewResponseController(w)}
	s.err = s.out.SetReadDeadline(time.Time{}) // that of a request would end the stream
	ticker := time.NewTicker(c.cfg.Step)
	defer ticker.Stop()
	for step := 0; ; step++ {
		if step%perSecond == 0 {
			if _, _, ok := c.sessions.find(v.session.id, sourceOf(r), false); !ok {
				return
			}
		}
		if !each(s, step) || s.flush() != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return
		case <-c.closing:
			return
		}
	}
}

// send writes a message.
func (s *stream) send(name string, data any) {
	if s.err != nil {
		return
	}
	text, err := json.Marshal(data)
	if err != nil {
		s.err = err
		return
	}
	s.write(name, text)
}

// write writes a message whose data is JSON, which has no line breaks.
func (s *stream) write(name string, data []byte) {
	if s.err == nil {
		s.err = s.out.SetWriteDeadline(time.Now().Add(writeTimeout)) // of the whole answer otherwise
	}
	for _, part := range []string{"event: ", name, "\ndata: ", string(data), "\n\n"} {
		if s.err == nil {
			_, s.err = s.w.Write([]byte(part))
		}
	}
}

// flush sends what has been written. Even without a message it tells whether the browser is still there.
func (s *stream) flush() error {
	if s.err == nil {
		s.err = s.out.Flush()
	}
	return s.err
}
