package timbre

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Span names a step of the trace of a call, in the hexadecimal of W3C Trace Context. Both numbers follow from what the step is of, so they
// outlive restarts without being kept anywhere: the trace is that of the transaction id, which is random.
type Span struct {
	Trace string // 32 digits
	ID    string // 16 digits
}

// SpanOf returns the span of a step of a call: the call itself, by its transaction id, or the task or notice with an id. False: the
// transaction id is no UUID.
func SpanOf(transactionID, of string) (Span, bool) {
	trace := strings.ToLower(strings.ReplaceAll(transactionID, "-", ""))
	if b, err := hex.DecodeString(trace); err != nil || len(b) != 16 || strings.Trim(trace, "0") == "" {
		return Span{}, false
	}
	sum := sha256.Sum256([]byte(of))
	return Span{trace, hex.EncodeToString(sum[:8])}, true
}

// Parent is the traceparent header of what the span is the parent of.
func (s Span) Parent(sampled bool) string {
	flags := "00"
	if sampled {
		flags = "01"
	}
	return "00-" + s.Trace + "-" + s.ID + "-" + flags
}
