package pipeline

import (
	"slices"

	"timbre"
)

// findCall returns the transaction id of the live call that has all the streams.
func (e *Engine) findCall(streams []timbre.PipelineStream) (txid string, err error) {
	const op = "pipeline.Create"
	calls := e.deps.Calls.Live()
	for i, s := range streams {
		call, leg := findStream(calls, s.ARN)
		switch {
		case call == nil:
			return "", timbre.Errorf(timbre.NotFound, op, "no live call has the stream %s", s.ARN)
		case i > 0 && call.TransactionID != txid:
			return "", timbre.Errorf(timbre.Invalid, op, "the streams belong to different calls")
		case slices.ContainsFunc(streams[:i], func(o timbre.PipelineStream) bool { return o.ARN == s.ARN }):
			return "", timbre.Errorf(timbre.Invalid, op, "a stream is named twice")
		}
		txid = call.TransactionID
		if s.Fragment == "" {
			continue
		}
		if err := timbre.CheckFragment(s.ARN, s.Fragment, e.deps.Calls.MediaTime(txid, leg)); err != nil {
			return "", err
		}
	}
	return txid, nil
}

// findStream returns the call and the leg of a stream; nil if no call has it.
func findStream(calls []timbre.Call, arn string) (call *timbre.Call, leg int) {
	for i := range calls {
		leg = slices.IndexFunc(calls[i].Legs, func(l timbre.Leg) bool { return l.StreamARN == arn })
		if leg >= 0 {
			return &calls[i], leg
		}
	}
	return nil, -1
}
