package dialog

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// connectTimeout is how long the connection for a request may take.
const connectTimeout = 5 * time.Second

// Transaction is a request of this side that has been sent. One goroutine at a time uses it.
type Transaction struct {
	Request *gosip.Request

	d        *Dialog
	ctx      context.Context // of what the transaction causes
	tx       gosip.ClientTransaction
	answered bool                          // a response has arrived
	final    bool                          // the final one has
	ack      atomic.Pointer[gosip.Request] // of a 2xx to an INVITE; nil: not sent yet

	repeating atomic.Bool // an ACK is being sent again
	mu        sync.Mutex
	seconds   map[string]*gosip.Request // the ACKs of other devices' answers, by their tags
}

// Send sends a request. Until ctx ends, a repeated 2xx to an INVITE is answered with its ACK, and a 2xx of another dialog,
// from a second device that answered too, with ACK and BYE (RFC 3261, 13.2.2.4).
func (d *Dialog) Send(ctx context.Context, req *gosip.Request) (*Transaction, error) {
	t := &Transaction{Request: req, d: d, ctx: ctx}
	d.log(req)
	connecting, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	var err error
	if t.tx, err = d.cfg.Agent.Request(connecting, req); err != nil {
		return t, err
	}
	if req.IsInvite() {
		t.tx.OnRetransmission(t.repeated)
	}
	return t, nil
}

// Ask sends a request and waits for its final response, for which it answers one challenge. Without a response it makes one
// itself: 408, or 503 when the peer cannot be reached. An INVITE is cancelled when stop closes; its 2xx has to be acknowledged.
// A 2xx to an INVITE or UPDATE is a target refresh.
func (d *Dialog) Ask(ctx context.Context, req *gosip.Request, stop <-chan struct{}) (*Transaction, *gosip.Response) {
	t, res := d.ask(ctx, req, stop)
	if again := d.Authorize(req, res); again != nil {
		t, res = d.ask(ctx, again, stop)
	}
	if res.IsSuccess() && (req.IsInvite() || req.Method == gosip.UPDATE) {
		d.Retarget(res)
	}
	return t, res
}

func (d *Dialog) ask(ctx context.Context, req *gosip.Request, stop <-chan struct{}) (*Transaction, *gosip.Response) {
	t, err := d.Send(ctx, req)
	if err != nil {
		return t, t.own(503)
	}
	return t, t.await(ctx, stop)
}

// Authorize makes a request again, with the credentials that a response asks for. Nil: it asks for none, or there are none.
func (d *Dialog) Authorize(req *gosip.Request, res *gosip.Response) *gosip.Request {
	if d.cfg.Authorize == nil || res.StatusCode != gosip.StatusUnauthorized && res.StatusCode != gosip.StatusProxyAuthRequired {
		return nil
	}
	credentials := d.cfg.Authorize(req, res)
	if credentials == nil {
		return nil
	}
	again := d.Again(req)
	again.AppendHeader(credentials)
	return again
}

// await waits for the final response. An INVITE is cancelled when stop closes.
func (t *Transaction) await(ctx context.Context, stop <-chan struct{}) *gosip.Response {
	cancelled := false
	for {
		select {
		case res := <-t.tx.Responses():
			first := !t.answered
			if t.Received(res); !res.IsProvisional() {
				t.final = true
				return res
			}
			if first && cancelled {
				t.Cancel()
			}
		case <-stop:
			if stop, cancelled = nil, true; t.answered {
				t.Cancel()
			}
		case <-t.tx.Done():
			return t.own(t.lost())
		case <-ctx.Done():
			t.tx.Terminate()
			return t.own(503)
		}
	}
}

// Responses are the responses, each of which is passed to Received, as they arrive.
func (t *Transaction) Responses() <-chan *gosip.Response { return t.tx.Responses() }

// Done is closed when the transaction has ended. Err says why.
func (t *Transaction) Done() <-chan struct{} { return t.tx.Done() }

// Err is why the transaction has ended.
func (t *Transaction) Err() error { return t.tx.Err() }

// Received takes note of a response.
func (t *Transaction) Received(res *gosip.Response) {
	t.answered = true
	t.d.log(res)
}

// lost is the status code that stands for the end of a transaction without a final response (RFC 3261, 8.1.3.1).
func (t *Transaction) lost() int {
	if errors.Is(t.tx.Err(), gosip.ErrTransactionTimeout) {
		return gosip.StatusRequestTimeout
	}
	return gosip.StatusServiceUnavailable
}

// Answered reports whether the final response that Ask has returned is the peer's.
func (t *Transaction) Answered() bool { return t.final }

// own is a response that this side makes for itself.
func (t *Transaction) own(code int) *gosip.Response {
	return gosip.NewResponseFromRequest(t.Request, code, transport.Phrase(code), nil)
}

func (d *Dialog) log(m gosip.Message) { d.cfg.Agent.LogMessage(d.cfg.Connector, m) }
