package dialog

import (
	"errors"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// waiting is a Confirm that waits for the ACK of one INVITE.
type waiting struct {
	ack   chan *gosip.Request
	acked func(*gosip.Request)
}

// Why Confirm returns without an ACK.
var (
	ErrCancelled = errors.New("the INVITE was cancelled before it was answered")
	ErrNoACK     = errors.New("the answer was not acknowledged")
	ErrOver      = errors.New("the dialog has ended")
)

// Confirmation is a 2xx to an INVITE, to be sent until it is acknowledged.
type Confirmation struct {
	Request   *gosip.Request
	Response  *gosip.Response
	Tx        gosip.ServerTransaction
	Cancelled func() bool          // reports whether a CANCEL came first; nil: none can
	Sent      func(cancelled bool) // called once, when the 2xx has been sent for the first time, unless a CANCEL came first; may be nil
	Acked     func(*gosip.Request) // called by the goroutine that brings the ACK, before Confirm returns; may be nil
}

// Confirm sends a 2xx, repeats it from T1 on at intervals that double up to T2, and returns the ACK (RFC 3261, 13.3.1.4). The
// error is ErrNoACK after 64*T1, ErrCancelled or ErrOver.
func (d *Dialog) Confirm(c Confirmation) (*gosip.Request, error) {
	acked := d.expect(c)
	_ = c.Tx.Respond(c.Response) // is repeated: the connection may come back
	cancelled := c.Cancelled != nil && c.Cancelled()
	if c.Sent != nil {
		c.Sent(cancelled)
	}
	if cancelled {
		return nil, ErrCancelled
	}
	wait := gosip.T1
	repeat, timeout := time.NewTimer(wait), time.NewTimer(64*gosip.T1)
	defer repeat.Stop()
	defer timeout.Stop()
	for {
		select {
		case ack := <-acked:
			return ack, nil
		case ack := <-c.Tx.Acks(): // from a client that reuses the branch of the INVITE
			d.cfg.Agent.LogMessage(d.cfg.Connector, ack)
			d.acknowledged(ack)
		case <-repeat.C:
			_ = c.Tx.Respond(c.Response)
			wait = min(2*wait, gosip.T2)
			repeat.Reset(wait)
		case <-timeout.C:
			return nil, ErrNoACK
		case <-d.over:
			select {
			case ack := <-acked: // it came first
				return ack, nil
			default:
				return nil, ErrOver
			}
		}
	}
}

// expect returns the channel on which the ACK of an INVITE arrives.
func (d *Dialog) expect(c Confirmation) <-chan *gosip.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	w := waiting{ack: make(chan *gosip.Request, 1), acked: c.Acked}
	d.acks[c.Request.CSeq().SeqNo] = w
	return w.ack
}

// acknowledged hands an ACK to the Confirm that waits for it. Repeated ACKs are ignored.
func (d *Dialog) acknowledged(ack *gosip.Request) {
	d.mu.Lock()
	seq := ack.CSeq().SeqNo
	w, expected := d.acks[seq]
	delete(d.acks, seq)
	d.mu.Unlock()
	if !expected {
		return
	}
	if w.acked != nil {
		w.acked(ack)
	}
	w.ack <- ack
	d.mu.Lock()
	defer d.mu.Unlock()
	d.move()
}

// awaitACKs waits a little for the ACKs that are due: a BYE right behind one may overtake it, and it may bring an answer.
func (d *Dialog) awaitACKs() {
	wait := time.NewTimer(turnTime)
	defer wait.Stop()
	for {
		d.mu.Lock()
		due, moved := len(d.acks), d.moved
		d.mu.Unlock()
		if due == 0 {
			return
		}
		select {
		case <-moved:
		case <-d.over:
			return
		case <-wait.C:
			return
		}
	}
}
