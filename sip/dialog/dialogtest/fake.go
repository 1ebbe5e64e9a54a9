package dialogtest

import (
	"context"
	"strings"
	"sync"

	gosip "github.com/emiago/sipgo/sip"

	"timbre/sip/transport"
)

// Agent is a SIP stack for tests: the test is its network. It runs in a synctest bubble too.
type Agent struct {
	Sent chan *ClientTx      // requests
	ACKs chan *gosip.Request // for 2xx
	Open bool                // Connected is true
	Fail map[string]error    // by destination: requests that cannot be sent

	// What responses that the test makes are like.
	Tag, Contact string

	busy sync.WaitGroup
}

// NewAgent makes an agent. Its responses have a To tag and a Contact.
func NewAgent(tag, contact string) *Agent {
	return &Agent{Sent: make(chan *ClientTx, 100), ACKs: make(chan *gosip.Request, 100), Fail: map[string]error{}, Tag: tag, Contact: contact}
}

// Request keeps a request until the test answers it.
func (a *Agent) Request(_ context.Context, req *gosip.Request) (gosip.ClientTransaction, error) {
	if err := a.Fail[req.Destination()]; err != nil {
		return nil, err
	}
	tx := &ClientTx{Request: req, agent: a, responses: make(chan *gosip.Response, 9), done: make(chan struct{})}
	a.Sent <- tx
	return tx, nil
}

// Write keeps an ACK.
func (a *Agent) Write(ack *gosip.Request) error { a.ACKs <- ack; return nil }

// Connected reports Open.
func (a *Agent) Connected(string, string) bool { return a.Open }

// Do runs f on a goroutine that Wait waits for.
func (a *Agent) Do(f func()) bool { a.busy.Go(f); return true }

// Wait waits for what Do has started.
func (a *Agent) Wait() { a.busy.Wait() }

// LogMessage does nothing.
func (a *Agent) LogMessage(string, gosip.Message) {}

// LogFor does nothing.
func (a *Agent) LogFor(gosip.ServerTransaction, string) {}

// Reject does nothing.
func (a *Agent) Reject(string) {}

// Respond sends a response.
func (a *Agent) Respond(tx gosip.ServerTransaction, res *gosip.Response) { _ = tx.Respond(res) }

// Refuse sends a refusal.
func (a *Agent) Refuse(req *gosip.Request, tx gosip.ServerTransaction, r *transport.Refusal) {
	_ = tx.Respond(r.Response(req))
}

// ClientTx is a request that was sent, which the test answers.
type ClientTx struct {
	Request *gosip.Request

	agent     *Agent
	responses chan *gosip.Response
	done      chan struct{}
	ended     sync.Once
	err       error
	repeated  gosip.FnTxResponse
}

func (c *ClientTx) Responses() <-chan *gosip.Response          { return c.responses }
func (c *ClientTx) Done() <-chan struct{}                      { return c.done }
func (c *ClientTx) Err() error                                 { return c.err }
func (c *ClientTx) Terminate()                                 {}
func (c *ClientTx) OnTerminate(gosip.FnTxTerminate) bool       { return true }
func (c *ClientTx) OnRetransmission(f gosip.FnTxResponse) bool { c.repeated = f; return true }

// Lose ends the transaction without a final response.
func (c *ClientTx) Lose(err error) { c.ended.Do(func() { c.err = err; close(c.done) }) }

// Answer sends a response, with more headers as "Name: value". "tag: value" replaces the To tag, "Contact: value" the Contact.
func (c *ClientTx) Answer(code int, headers ...string) {
	c.responses <- c.Response(code, "", headers...)
}

// AnswerSDP is Answer with a session description.
func (c *ClientTx) AnswerSDP(code int, sdp string, headers ...string) {
	c.responses <- c.Response(code, sdp, headers...)
}

// Deliver sends a response that the test has made.
func (c *ClientTx) Deliver(res *gosip.Response) { c.responses <- res }

// Repeat delivers a response once more, after the final one.
func (c *ClientTx) Repeat(res *gosip.Response) { c.repeated(res) }

// Response makes a response as Answer and AnswerSDP send it. Lines of sdp may end with a line feed alone.
func (c *ClientTx) Response(code int, sdp string, headers ...string) *gosip.Response {
	res := gosip.NewResponseFromRequest(c.Request, code, "Says The Peer", nil)
	res.To().Params.Add("tag", c.agent.Tag)
	contact := "Contact: " + c.agent.Contact
	for _, h := range append([]string{contact}, headers...) {
		name, value, _ := strings.Cut(h, ": ")
		if name == "tag" {
			res.To().Params.Add("tag", value)
			continue
		}
		res.AppendHeader(gosip.NewHeader(name, value))
	}
	if sdp != "" {
		res.AppendHeader(gosip.NewHeader("Content-Type", "application/sdp"))
	}
	res.SetBody([]byte(CRLF(sdp)))
	m, err := gosip.ParseMessage([]byte(res.String()))
	if err != nil {
		panic(err)
	}
	return m.(*gosip.Response)
}

// CRLF ends each line of a text with carriage return and line feed.
func CRLF(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
}

// ServerTx is the transaction of a request that was received.
type ServerTx struct {
	Responses chan *gosip.Response // but 100
	Cancel    gosip.FnTxCancel     // cancels it; set by its user

	acks chan *gosip.Request
}

// NewServerTx makes a transaction.
func NewServerTx() *ServerTx {
	return &ServerTx{Responses: make(chan *gosip.Response, 99), acks: make(chan *gosip.Request, 9)}
}

// Respond keeps a response for the test, except for 100.
func (s *ServerTx) Respond(res *gosip.Response) error {
	if res.StatusCode != gosip.StatusTrying {
		s.Responses <- res
	}
	return nil
}

// ACK delivers an ACK that reuses the branch of the INVITE.
func (s *ServerTx) ACK(ack *gosip.Request) { s.acks <- ack }

func (s *ServerTx) Acks() <-chan *gosip.Request          { return s.acks }
func (s *ServerTx) OnCancel(f gosip.FnTxCancel) bool     { s.Cancel = f; return true }
func (s *ServerTx) Done() <-chan struct{}                { return nil }
func (s *ServerTx) Err() error                           { return nil }
func (s *ServerTx) Terminate()                           {}
func (s *ServerTx) OnTerminate(gosip.FnTxTerminate) bool { return true }
