package sip

import (
	"errors"
	"sync"

	gosip "github.com/emiago/sipgo/sip"
)

// transaction is a server transaction without a network.
type transaction struct {
	mu        sync.Mutex
	responses []*gosip.Response
	acks      chan *gosip.Request
	done      chan struct{}
	onCancel  func(*gosip.Request)
	onRespond func(*gosip.Response) // called at each response; nil: nothing
	broken    bool
}

func newTransaction() *transaction {
	return &transaction{acks: make(chan *gosip.Request), done: make(chan struct{})}
}

func (t *transaction) Respond(res *gosip.Response) error {
	t.mu.Lock()
	t.responses = append(t.responses, res)
	hook := t.onRespond
	t.mu.Unlock()
	if hook != nil {
		hook(res)
	}
	if t.broken {
		return errors.New("broken")
	}
	return nil
}

func (t *transaction) OnCancel(f gosip.FnTxCancel) bool       { t.onCancel = f; return true }
func (t *transaction) Acks() <-chan *gosip.Request            { return t.acks }
func (t *transaction) Done() <-chan struct{}                  { return t.done }
func (t *transaction) Err() error                             { return nil }
func (t *transaction) Terminate()                             {}
func (t *transaction) OnTerminate(f gosip.FnTxTerminate) bool { return true }

func (t *transaction) all() []*gosip.Response {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]*gosip.Response(nil), t.responses...)
}

func (t *transaction) last() *gosip.Response {
	all := t.all()
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}
