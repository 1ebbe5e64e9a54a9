package transport

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net"

	gosip "github.com/emiago/sipgo/sip"

	"timbre"
)

const (
	// maxStrangers is how many datagrams of strangers are being answered at once.
	maxStrangers = 64
	// amplification is how many times as long as its question an answer may be whose address may be forged.
	amplification = 2
)

// strangers answers requests by UDP whose senders have not shown their address, without keeping anything of them: neither a transaction nor
// the source. Whoever answers a challenge shows its address, and is then served like others.
type strangers struct {
	key  []byte        // of the tags of answers
	busy chan struct{} // holds a value for each request that is being answered
}

func newStrangers() strangers {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	return strangers{key: key, busy: make(chan struct{}, maxStrangers)}
}

// stranger answers a request of an unknown source that has not shown its address. False: it is for the SIP stack, because it is none of
// those, or is in a live dialog: then its sender has read the tag of an answer.
func (s *Stack) stranger(o timbre.Origin, in Inspection, l *listener, source net.Addr, length int) bool {
	req, is := in.Message.(*gosip.Request)
	if !is || o.Returned || s.deps.Stranger == nil || s.deps.Sources.Known(o.Addr) || s.deps.Live(req) {
		return false
	}
	req.SetTransport("UDP")
	req.SetSource(source.String())
	tx := &stateless{stack: s, socket: l.packets, to: source, limit: amplification * length}
	if in.Brief {
		tx.limit = length
	}
	select {
	case s.strangers.busy <- struct{}{}:
		if !s.Do(func() {
			defer func() { <-s.strangers.busy }()
			s.deps.Stranger(req, &loggedTransaction{ServerTransaction: tx, stack: s, req: req})
		}) {
			<-s.strangers.busy
		}
	default:
		s.Reject("busy")
	}
	return true
}

// stateless is the transaction of a request of which nothing is kept. Its sender asks again if it has missed the answer.
type stateless struct {
	stack  *Stack
	socket net.PacketConn
	to     net.Addr
	limit  int // bytes of an answer
}

// Respond sends a response, or as much of it as the limit allows.
func (t *stateless) Respond(res *gosip.Response) error {
	t.stack.tag(res)
	text := fit(res, t.limit)
	if text == "" {
		t.stack.Reject("amplification")
		return nil
	}
	if _, err := t.socket.WriteTo([]byte(text), t.to); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// tag gives a response the same tag whenever its request comes again (RFC 3261, 8.2.7). A tag of the request stays.
func (s *Stack) tag(res *gosip.Response) {
	to, from, id, seq := res.To(), res.From(), res.CallID(), res.CSeq()
	if to == nil || from == nil || id == nil || seq == nil || len(to.Params.GetOr("tag", "")) != uuidLength {
		return
	}
	mac := hmac.New(sha256.New, s.strangers.key)
	mac.Write([]byte(id.Value() + " " + from.Params.GetOr("tag", "") + " " + seq.Value()))
	to.Params.Add("tag", hex.EncodeToString(mac.Sum(nil)[:8]))
}

// uuidLength is that of the tags that the SIP stack makes. A request outside of a dialog has none.
const uuidLength = 36

// fit is the text of a response of at most so many bytes: without its warning if need be, and with its first challenge alone. Empty: it
// cannot be that short.
func fit(res *gosip.Response, limit int) string {
	text := res.String()
	for _, shorten := range []func(*gosip.Response){withoutWarning, withOneChallenge} {
		if len(text) <= limit {
			return text
		}
		shorten(res)
		text = res.String()
	}
	if len(text) > limit {
		return ""
	}
	return text
}

func withoutWarning(res *gosip.Response) { res.RemoveHeader("Warning") }

func withOneChallenge(res *gosip.Response) {
	for len(res.GetHeaders("WWW-Authenticate")) > 1 {
		all := res.GetHeaders("WWW-Authenticate")
		first := all[0]
		for range all {
			res.RemoveHeader("WWW-Authenticate")
		}
		res.AppendHeader(first)
	}
}

// What a transaction has besides, one without state has not.

func (t *stateless) Acks() <-chan *gosip.Request          { return nil }
func (t *stateless) OnCancel(gosip.FnTxCancel) bool       { return false }
func (t *stateless) Terminate()                           {}
func (t *stateless) OnTerminate(gosip.FnTxTerminate) bool { return false }
func (t *stateless) Done() <-chan struct{}                { return nil }
func (t *stateless) Err() error                           { return nil }
