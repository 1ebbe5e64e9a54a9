package feed

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// acks tell a producer what has become of its fragments, as PutMedia does: an object of JSON each. A fragment is persisted once the call
// has its audio; nothing else is kept of it.
type acks struct {
	w       http.ResponseWriter
	control *http.ResponseController
	from    int64 // of the numbers of fragments: the time, so that later streams have later ones

	open     bool
	timecode uint64 // of the open fragment
	count    int64  // of the fragments that began
}

// ack is one acknowledgement.
type ack struct {
	EventType        string
	FragmentTimecode uint64
	FragmentNumber   string `json:",omitempty"`
	ErrorID          int    `json:"ErrorId,omitempty"`
	ErrorCode        string `json:",omitempty"`
	ErrorMessage     string `json:",omitempty"` // not of AWS
}

// begin tells that a fragment comes.
func (a *acks) begin(timecode uint64) *failure {
	a.open, a.timecode = true, timecode
	a.count++
	return a.send(ack{EventType: "BUFFERING"})
}

// persisted tells that the open fragment is with the call, if there is one.
func (a *acks) persisted() *failure {
	if !a.open {
		return nil
	}
	a.open = false
	return a.send(ack{EventType: "RECEIVED"}, ack{EventType: "PERSISTED"})
}

// The errors of PutMedia.
var uploadErrors = map[string]struct {
	id   int
	code string
}{
	"lost": {4000, "STREAM_READ_ERROR"}, "idle": {4000, "STREAM_READ_ERROR"}, "again": {4004, "FRAGMENT_TIMECODE_LESSER_THAN_PREVIOUS"},
	"tracks":      {4005, "MORE_THAN_ALLOWED_TRACKS_FOUND"},
	"bad_message": {4006, "INVALID_MKV_DATA"}, "bad_format": {4006, "INVALID_MKV_DATA"},
}

// failed tells why the stream is read no further.
func (a *acks) failed(why *failure) {
	e, known := uploadErrors[why.code]
	if !known {
		e.id, e.code = 5000, "INTERNAL_ERROR"
	}
	_ = a.send(ack{EventType: "ERROR", ErrorID: e.id, ErrorCode: e.code, ErrorMessage: why.detail})
}

// send writes acknowledgements of the newest fragment, a line each.
func (a *acks) send(all ...ack) *failure {
	_ = a.control.SetWriteDeadline(time.Now().Add(closeTimeout)) // without it, the write itself fails
	lines := json.NewEncoder(a.w)
	for _, k := range all {
		k.FragmentTimecode = a.timecode
		if a.count > 0 {
			k.FragmentNumber = fmt.Sprintf("%047d", a.from*1_000_000+a.count)
		}
		if err := lines.Encode(k); err != nil {
			return lost(err)
		}
	}
	if err := a.control.Flush(); err != nil {
		return lost(err)
	}
	return nil
}
