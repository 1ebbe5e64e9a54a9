package transport

import (
	"strings"

	gosip "github.com/emiago/sipgo/sip"
)

// redacted is a message as the SIP log gets it: without digest responses, keys of media, and what somebody has keyed in or written.
type redacted struct{ gosip.Message }

func (m redacted) String() string {
	body := string(m.Body())
	head := strings.TrimSuffix(m.Message.String(), body)
	return hideHeaders(head) + loggable(contentOf(head), body, 0)
}

// LogMessage writes a message of a connector to the SIP log.
func (s *Stack) LogMessage(connectorID string, m gosip.Message) {
	id := ""
	if h := m.CallID(); h != nil {
		id = h.Value()
	}
	s.deps.SIPLog.Message(connectorID, id, redacted{m})
}

// loggedTransaction writes its messages to the SIP log once LogFor has named the connector. It misses what the SIP stack
// answers by itself: 100, and the answers to CANCEL.
type loggedTransaction struct {
	gosip.ServerTransaction
	stack     *Stack
	req       *gosip.Request
	connector string
}

// LogFor names the connector to whose SIP log the messages of a transaction go. The first name stays.
func (s *Stack) LogFor(tx gosip.ServerTransaction, connectorID string) {
	if l, ok := tx.(*loggedTransaction); ok && l.connector == "" && connectorID != "" {
		l.connector = connectorID
		l.stack.LogMessage(connectorID, l.req)
	}
}

func (l *loggedTransaction) Respond(res *gosip.Response) error {
	if l.connector != "" {
		l.stack.LogMessage(l.connector, res)
	}
	return l.ServerTransaction.Respond(res)
}

// Connection is the one that the request came by; nil if the transaction has none.
func (l *loggedTransaction) Connection() gosip.Connection {
	if c, ok := l.ServerTransaction.(interface{ Connection() gosip.Connection }); ok {
		return c.Connection()
	}
	return nil
}
