package trunk

import (
	"context"
	"errors"
	"strconv"

	gosip "github.com/emiago/sipgo/sip"
)

// final sends a request that is no first INVITE and waits for its final answer; an INVITE is cancelled when stop
// closes.
func (e *Exchange) final(ctx context.Context, connectorID string, req *gosip.Request, stop <-chan struct{}) (*gosip.Response, gosip.ClientTransaction) {
	tx, err := e.connect(ctx, req)
	if err != nil {
		return own(req, 503), nil
	}
	heard, stopped := false, false
	for {
		select {
		case res := <-tx.Responses():
			e.agent.Note(connectorID, res)
			if !res.IsProvisional() {
				return res, tx
			}
			if !heard && stopped {
				e.cancel(connectorID, req)
			}
			heard = true
		case <-stop:
			stop, stopped = nil, true
			if heard {
				e.cancel(connectorID, req)
			}
		case <-tx.Done():
			if errors.Is(tx.Err(), gosip.ErrTransactionTimeout) {
				return own(req, 408), tx
			}
			return own(req, 503), tx
		case <-ctx.Done():
			tx.Terminate()
			return own(req, 503), tx
		}
	}
}

// connect sends a request. A connection takes no longer than a gateway may.
func (e *Exchange) connect(ctx context.Context, req *gosip.Request) (gosip.ClientTransaction, error) {
	ctx, cancel := context.WithTimeout(ctx, reply)
	defer cancel()
	return e.agent.Request(ctx, req)
}

// own is the answer that we give ourselves when none comes.
func own(req *gosip.Request, code int) *gosip.Response {
	res := gosip.NewResponseFromRequest(req, code, phrase(code), nil)
	return res
}

func phrase(code int) string {
	if p := phrases[code]; p != "" {
		return p
	}
	return strconv.Itoa(code)
}
