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
	rseq   uint32 // of the last reliable response
}

// EarlyDialogs are those of one INVITE, by the tag of the peer. The zero value is empty. One goroutine uses it.
type EarlyDialogs struct{ byTag map[string]*Early }

// mostEarly is how many early dialogs an INVITE may make.
const mostEarly = 16

// Reliable returns the early dialog of a reliable provisional response to an INVITE of this side, and the RAck that acknowledges it. False:
// it is not reliable, or it was here before, or not all before it were (RFC 3262, 4).
func (e *EarlyDialogs) Reliable(t *Transaction, res *gosip.Response) (early *Early, rack string, ok bool) {
	rseq, err := strconv.ParseUint(header.Value(res, "rseq"), 10, 31)
	tag := tagOf(res.To().Params)
	if err != nil || tag == "" {
		return nil, "", false
	}
	if early = e.byTag[tag]; early == nil {
		if early = e.add(t, res, tag); early == nil {
			return nil, "", false
		}
	} else if uint32(rseq) != early.rseq+1 {
		return nil, "", false
	}
	early.rseq = uint32(rseq)
	return early, strconv.FormatUint(rseq, 10) + " " + strconv.FormatUint(uint64(early.invite), 10) + " INVITE", true
}

func (e *EarlyDialogs) add(t *Transaction, res *gosip.Response, tag string) *Early {
	if len(e.byTag) == mostEarly {
		return nil
	}
	if e.byTag == nil {
		e.byTag = map[string]*Early{}
	}
	e.byTag[tag] = &Early{Dialog: t.d.fork(res), invite: t.Request.CSeq().SeqNo}
	return e.byTag[tag]
}
