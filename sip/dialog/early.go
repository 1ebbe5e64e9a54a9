package dialog

import (
	"strconv"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/header"
)

// Early is an early dialog, which a provisional response to an INVITE of this side has made (RFC 3261, 12.1.2). A gateway that forks makes
// several of them.
type Early struct {
	*Dialog
	invite uint32 // its CSeq
	rseq   uint32 // of the last reliable response; 0: there was none
}

// EarlyDialogs are those of one INVITE, by the tag of the peer. The zero value is empty. One goroutine uses it.
type EarlyDialogs struct{ byTag map[string]*Early }

// mostForks is how many early dialogs an INVITE may make, and how many answers of other devices are taken back.
const mostForks = 16

// Of returns the early dialog of a provisional response to an INVITE of this side, and whether the response has made it. Nil: there is none.
func (e *EarlyDialogs) Of(t *Transaction, res *gosip.Response) (early *Early, isNew bool) {
	tag := tagOf(res.To().Params)
	if early = e.byTag[tag]; early != nil || tag == "" || len(e.byTag) == mostForks {
		return early, false
	}
	if e.byTag == nil {
		e.byTag = map[string]*Early{}
	}
	e.byTag[tag] = &Early{Dialog: t.d.fork(res), invite: t.Request.CSeq().SeqNo}
	return e.byTag[tag], true
}

// End ends them all, for the INVITE has its final response.
func (e *EarlyDialogs) End() {
	for _, early := range e.byTag {
		early.End()
	}
}

// Reliable returns the RAck that acknowledges a reliable provisional response. False: it is not reliable, or it was here before, or not all
// before it were (RFC 3262, 4).
func (e *Early) Reliable(res *gosip.Response) (rack string, ok bool) {
	rseq, err := strconv.ParseUint(header.Value(res, "rseq"), 10, 31)
	switch {
	case err != nil || rseq == 0:
		return "", false
	case e.rseq == 0:
		e.Established(res) // those before it may have had no routes
	case uint32(rseq) != e.rseq+1:
		return "", false
	}
	e.rseq = uint32(rseq)
	return strconv.FormatUint(rseq, 10) + " " + strconv.FormatUint(uint64(e.invite), 10) + " INVITE", true
}
