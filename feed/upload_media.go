package feed

import (
	"errors"
	"io"
	"time"

	"timbre/feed/matroska"
)

// read takes the items of the stream. It returns nil at its end.
func (u *upload) read() *failure {
	stream := matroska.NewReader(u.r.Body)
	u.newest = u.s.env.Steady()
	for {
		if failed := u.await(); failed != nil {
			return failed
		}
		item, err := stream.Next()
		switch {
		case errors.Is(err, io.EOF):
			return u.acks.persisted()
		case err != nil && u.isClaimed():
			return lost(err)
		case err != nil:
			return uploadFailure(err)
		}
		duration, failed := u.handle(item)
		if failed != nil {
			return failed
		}
		if u.pause(duration); duration > 0 {
			u.newest = u.s.env.Steady()
		}
	}
}

// await sets how long the next item may take, unless the feed has been stopped. What is no audio does not count.
func (u *upload) await() *failure {
	left := u.s.cfg.IdleTimeout
	if u.transactionID == "" {
		left = u.s.cfg.StartTimeout
	}
	left -= u.s.env.Steady().Sub(u.newest)
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case u.end != nil:
		return u.end
	case u.claimed:
		return lost(nil)
	case left <= 0:
		return idle
	}
	if err := u.control.SetReadDeadline(time.Now().Add(left)); err != nil {
		return lost(err)
	}
	return nil
}

// handle acts on an item, and returns how much audio it was.
func (u *upload) handle(item any) (audio time.Duration, _ *failure) {
	if _, within := item.(matroska.Block); !within { // it closes the cluster before
		if failed := u.acks.persisted(); failed != nil {
			return 0, failed
		}
	}
	switch i := item.(type) {
	case matroska.Start:
		u.recorded.restart()
	case matroska.Track:
		return 0, u.recorded.describe(i)
	case matroska.Tag:
		u.recorded.tag(i)
	case matroska.Cluster:
		if failed := u.recorded.cluster(i); failed != nil {
			return 0, failed
		}
		return 0, u.acks.begin(i.Timecode)
	case matroska.Block:
		return u.block(i)
	}
	return 0, nil
}

// block takes audio; the first that is new begins the call.
func (u *upload) block(b matroska.Block) (audio time.Duration, _ *failure) {
	p, of := u.recorded.piece(b)
	switch {
	case !of: // a track without audio
		return 0, nil
	case u.start.codec == 0:
		if failed := u.introduce(); failed != nil {
			return 0, failed
		}
	}
	if at, was := u.again[p.name]; was && p.At <= at {
		return 0, nil
	}
	if u.transactionID == "" {
		if failed := u.begin(); failed != nil {
			return 0, failed
		}
	}
	if u.tracks[p.name] == nil {
		if failed := u.join(p.track); failed != nil {
			return 0, failed
		}
	}
	u.heard[p.name] = p.At
	return u.hear(p), nil
}

// introduce looks, at the first audio, for a request before whose call it is of: one that goes on, or has ended in order.
func (u *upload) introduce() *failure {
	u.start = u.recorded.message()
	u.origin.callID = u.start.callID
	u.newest = u.s.env.Steady()
	resumed, failed := u.resume()
	if failed == nil && !resumed {
		u.again = u.s.recall(u.origin)
	}
	return failed
}

// begin begins the call.
func (u *upload) begin() *failure {
	if refused := u.room(); refused != nil {
		return fail("unavailable", refused.detail)
	}
	return u.enter(u.access, "kinesis", u.start.tracks)
}
