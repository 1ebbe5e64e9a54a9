package dialog

import (
	"slices"
	"strconv"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

const (
	// reorderTime is how long a request waits for the one before it, which a network, or two goroutines, may have overtaken.
	reorderTime = 100 * time.Millisecond
	// turnTime is how long a change of the session waits for the one before it, whose ACK may be under way.
	turnTime = 500 * time.Millisecond
)

// ordered takes the CSeq of a request of the peer. It is refused unless it is above the last one (RFC 3261, 12.2.2). One that is not the
// next waits a little for those between. Changes of the session queue in this order.
func (d *Dialog) ordered(req *gosip.Request) *transport.Refusal {
	seq := int64(req.CSeq().SeqNo)
	wait := time.NewTimer(reorderTime)
	defer wait.Stop()
	for patient := true; patient; {
		moved, r := d.take(req, seq, true)
		if moved == nil {
			return r
		}
		select {
		case <-moved:
		case <-d.over:
			return NoDialog()
		case <-wait.C:
			patient = false
		}
	}
	_, r := d.take(req, seq, false)
	return r
}

// take is ordered without waiting. A channel: the request is not the next one, and the channel closes when another has been taken.
func (d *Dialog) take(req *gosip.Request, seq int64, patient bool) (moved <-chan struct{}, r *transport.Refusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case seq <= d.remoteSeq:
		return nil, transport.Refuse(500, "order", "CSeq %d is not above %d", seq, d.remoteSeq).With("Retry-After", "1")
	case patient && d.remoteSeq >= 0 && seq > d.remoteSeq+1:
		return d.moved, nil
	}
	d.remoteSeq = seq
	if isChange(req) {
		d.turns = append(d.turns, req.CSeq().SeqNo)
	}
	d.move()
	return nil, nil
}

// move wakes those that wait for a request to be taken, or for a turn to end. The caller holds mu.
func (d *Dialog) move() {
	close(d.moved)
	d.moved = make(chan struct{})
}

// isChange reports whether a request may change the session.
func isChange(req *gosip.Request) bool { return req.IsInvite() || req.Method == gosip.UPDATE }

// Turn waits until the changes that the peer has asked for before are made, and returns what ends the turn of this one; it may be called
// again. One that would have to wait for long is refused (RFC 3261, 14.2).
func (d *Dialog) Turn(req *gosip.Request) (end func(), r *transport.Refusal) {
	seq := req.CSeq().SeqNo
	end = func() { d.endTurn(seq) }
	wait := time.NewTimer(turnTime)
	defer wait.Stop()
	for {
		moved := d.before(seq)
		if moved == nil {
			return end, nil
		}
		select {
		case <-moved:
		case <-d.over:
			end()
			return nil, NoDialog()
		case <-wait.C:
			end()
			return nil, transport.Refuse(500, "order", "the change before is not finished").With("Retry-After", strconv.Itoa(2+int(seq%8)))
		}
	}
}

// FirstTurn is the turn of the INVITE that has begun the dialog: changes wait for its end.
func (d *Dialog) FirstTurn(invite *gosip.Request) (end func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	seq := invite.CSeq().SeqNo
	d.turns = []uint32{seq}
	return func() { d.endTurn(seq) }
}

// before is a channel that closes when a turn ends; nil: it is that of a change already.
func (d *Dialog) before(seq uint32) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.turns, seq); i <= 0 {
		return nil
	}
	return d.moved
}

func (d *Dialog) endTurn(seq uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if i := slices.Index(d.turns, seq); i >= 0 {
		d.turns = slices.Delete(d.turns, i, i+1)
		d.move()
	}
}

// Changing reports whether a change of the session by the peer is under way.
func (d *Dialog) Changing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.turns) > 0
}
